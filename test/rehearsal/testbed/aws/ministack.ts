import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { TestbedAws, type TestbedAwsOptions } from '../../../../rehearsal/testbed/aws/aws';
import { freePorts } from '../../../../rehearsal/testbed/aws/free-ports';
import { BuildRunning } from '../../../../rehearsal/testbed/build/errors';
import { withLock } from '../../../../rehearsal/testbed/build/lock';

export const REGIONS = ['eu-west-1', 'eu-central-1'] as const;
export const [PRIMARY, DR] = REGIONS;

/** The interpreter that has MiniStack, or why there is none. */
function interpreter(): { python: string } | { missing: string } {
  const { LIFEBOAT_TESTBED_PYTHON } = process.env;
  const python =
    LIFEBOAT_TESTBED_PYTHON ?? join(homedir(), '.cache', 'lifeboat', 'testbed', 'venv-dev', 'bin', 'python');
  const tried = spawnSync(python, ['-c', 'import ministack, cbor2'], { stdio: 'ignore' });
  return tried.status === 0 ? { python } : { missing: `${python} does not import ministack and cbor2` };
}

const found = interpreter();

/** Tests that need MiniStack. Where there is none they are skipped, and standard error says why. */
export function describeWithMiniStack(name: string, tests: (python: string) => void): void {
  if ('python' in found) {
    describe(name, () => tests(found.python));
    return;
  }
  process.stderr.write(
    `Skipped: ${name}: ${found.missing}. Make an environment of rehearsal/testbed/aws/requirements.txt and name its interpreter in LIFEBOAT_TESTBED_PYTHON.\n`,
  );
  describe.skip(name, () => tests(''));
}

/** The AWS side of the bed on loopback; `stop` leaves nothing behind. */
export async function startAws(
  python: string,
  more: Pick<TestbedAwsOptions, 'onInvocation'> = {},
): Promise<{ aws: TestbedAws; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-aws-'));
  const aws = await alone(async () => {
    const [port = 0, webhook = 0] = await freePorts('127.0.0.1', 2);
    return TestbedAws.start({
      address: '127.0.0.1',
      port,
      webhook: { address: '127.0.0.1', port: webhook },
      python,
      folder,
      regions: REGIONS,
      ...more,
    });
  });
  const stop = async () => {
    await aws.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { aws, stop };
}

/** Test files start one after the other: a port that one has found free could be another one's before it is used. */
async function alone<T>(start: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await withLock(join(tmpdir(), 'lifeboat-aws-start.lock'), start);
    } catch (error) {
      if (!(error instanceof BuildRunning)) throw error;
    }
    await soon();
  }
}

/** Creates a stack and waits until it is settled. */
export async function createStack(
  aws: TestbedAws,
  region: string,
  name: string,
  Resources: object,
): Promise<{ status: string; reason: string; outputs: Record<string, string> }> {
  const client = new CloudFormationClient(aws.client(region));
  const Outputs = Object.fromEntries(Object.keys(Resources).map(id => [id, { Value: { Ref: id } }]));
  await client.send(
    new CreateStackCommand({
      StackName: name,
      TemplateBody: JSON.stringify({ Resources, Outputs }),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    }),
  );
  return settled(client, name);
}

export async function settled(client: CloudFormationClient, name: string) {
  for (;;) {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const { StackStatus = '', StackStatusReason = '', Outputs = [] } = Stacks[0] ?? {};
    if (!StackStatus.endsWith('_IN_PROGRESS')) {
      const outputs = Object.fromEntries(Outputs.map(each => [each.OutputKey ?? '', each.OutputValue ?? '']));
      return { status: StackStatus, reason: StackStatusReason, outputs };
    }
    await soon();
  }
}

/** Asks again until the answer is one. What is awaited has no event to wait for. */
export async function eventually<T>(ask: () => Promise<T | undefined>, seconds = 10): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`no answer after ${seconds} s`);
    await soon();
  }
}

function soon(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 50));
}
