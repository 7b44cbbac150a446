import { resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { ConfigInvalid, ConfigMissing, loadConfig } from '../lib/config';
import { addLifeboat } from '../lib/stacks';

// `npx cdk synth -c config=FILE`: the CDK CLI runs this in the folder of cdk.json.
const app = new App();
const file: unknown = app.node.tryGetContext('config');
try {
  addLifeboat(app, loadConfig(resolve(typeof file === 'string' ? file : 'examples/levlabs/lifeboat.yaml')));
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigInvalid) && !(error instanceof ConfigMissing)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}
