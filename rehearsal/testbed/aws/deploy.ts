import { spawn } from 'node:child_process';
import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { AwsCredentialIdentity } from '@smithy/types';

/** The CDK CLI ended with an error. */
export class CdkFailed extends Error {
  override name = 'CdkFailed';
}

export interface CdkOptions {
  endpoint: string;
  credentials: AwsCredentialIdentity;
  account: string;
  /** The log, and the synthesized app. */
  folder: string;
}

const ROOT = join(__dirname, '..', '..', '..');
const CDK = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
/** Stacks that are deployed at the same time. No site refers to the other's resources. */
const SITES = '2';
const LAST_LINES = 30;

/** The stock CDK CLI, as a person would run it in the checkout. */
export class Cdk {
  readonly log: string;

  constructor(private readonly options: CdkOptions) {
    this.log = join(options.folder, 'cdk.log');
    mkdirSync(options.folder, { recursive: true });
  }

  /** @throws CdkFailed */
  async bootstrap(regions: readonly string[]): Promise<void> {
    const environments = [...new Set(regions)].map(region => `aws://${this.options.account}/${region}`);
    await this.run(['bootstrap', ...environments]);
  }

  /** The global stack first, whose roles the sites name; then both sites at once. @throws CdkFailed */
  async deploy(configFile: string): Promise<void> {
    const approved = ['--require-approval', 'never'];
    await this.run(['deploy', '*-global', ...approved, ...this.app(configFile)]);
    // What was synthesized just now; the second time would give the same.
    await this.run(['deploy', '--all', ...approved, '--concurrency', SITES, '--app', this.output]);
  }

  /** The sites first: IAM keeps a role of the global stack while their policies are in it. @throws CdkFailed */
  async destroy(configFile: string): Promise<void> {
    const app = this.app(configFile);
    await this.run(['destroy', '*-primary', '*-dr', '--force', ...app]);
    await this.run(['destroy', '*-global', '--force', ...app]);
  }

  private get output(): string {
    return join(this.options.folder, 'cdk.out');
  }

  private app(configFile: string): string[] {
    return ['--output', this.output, '-c', `config=${resolve(configFile)}`];
  }

  private async run(args: string[]): Promise<void> {
    appendFileSync(this.log, `\n$ cdk ${args.join(' ')}\n`);
    const log = openSync(this.log, 'a');
    try {
      const child = spawn(
        process.execPath,
        [CDK, '--no-color', '--no-notices', '--no-version-reporting', ...args],
        {
          cwd: ROOT,
          stdio: ['ignore', log, log],
          env: this.environment(),
        },
      );
      const end = await new Promise<string>((done, reject) => {
        child.once('error', reject);
        child.once('exit', (code, signal) => done(signal ?? String(code)));
      });
      if (end !== '0') throw new CdkFailed(`"cdk ${args[0]}" ended with ${end}. ${this.lastWords()}`);
    } finally {
      closeSync(log);
    }
  }

  private environment(): Record<string, string> {
    const { PATH = '', HOME = '' } = process.env;
    const { endpoint, credentials, account } = this.options;
    return {
      PATH,
      HOME,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REGION: 'us-east-1',
      CDK_DEFAULT_ACCOUNT: account,
      AWS_EC2_METADATA_DISABLED: 'true',
      // A user's own profiles must not decide anything here.
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      CDK_DISABLE_VERSION_CHECK: '1',
      CDK_VALIDATION: 'false',
    };
  }

  private lastWords(): string {
    const lines = readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-LAST_LINES);
    return `The end of ${this.log}:\n${lines.join('\n')}`;
  }
}
