import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { Config, SiteName } from '../../../core/config';
import { stackName } from '../../../lib/names';
import { addLifeboat, GLOBAL_REGION } from '../../../lib/stacks';
import { ACCOUNT } from '../aws/arn';
import { DeployedStack, type DeployedTemplate } from './template';

const done = new Map<string, Record<SiteName | 'global', DeployedStack>>();

/** The stacks of a configuration, synthesized as `cdk deploy` would, and "deployed" into the account of the rehearsal. */
export function synthesize(config: Config): Record<SiteName | 'global', DeployedStack> {
  const key = JSON.stringify(config);
  const known = done.get(key);
  if (known) return known;
  // The CDK's own validation of the templates takes seconds; `npx cdk synth` does it.
  process.env.CDK_VALIDATION ??= 'false';
  const outdir = mkdtempSync(join(tmpdir(), 'lifeboat-rehearsal-'));
  try {
    const app = new App({ outdir, analyticsReporting: false });
    addLifeboat(app, config);
    const assembly = app.synth();
    const deploy = (which: SiteName | 'global', region: string) => {
      const template = assembly.getStackByName(stackName(config, which))
        .template as DeployedTemplate['template'];
      return new DeployedStack({ template, region, account: ACCOUNT });
    };
    const stacks = {
      global: deploy('global', GLOBAL_REGION),
      primary: deploy('primary', config.sites.primary.region),
      dr: deploy('dr', config.sites.dr.region),
    };
    done.set(key, stacks);
    return stacks;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
