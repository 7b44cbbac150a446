import { createServer, type IncomingMessage } from 'node:http';
import type { AwsCredentialIdentity } from '@smithy/types';
import { Control } from '../control';
import { SignedRequests } from '../signed-request';
import { type ApiCall, answer } from './api';
import { type Caller, lambdaTask } from './lambda-task';
import { RegionMachines } from './region-machines';
import { statusChange } from './wire';

// A process of its own for each Region: a Region is lost by SIGSTOP, and its executions make no progress until SIGCONT.

/** A setting that whoever starts this process must give. */
class SettingMissing extends Error {
  override name = 'SettingMissing';
}

interface Session extends AwsCredentialIdentity {
  expiresAt: number;
}

/** A session is used no longer than this before its end. */
const MARGIN_MS = 3600_000;

function setting(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new SettingMissing(`The variable ${name} is not set. Start this process by Emulator.start().`);
}

const region = setting('TESTBED_REGION');
const endpoint = setting('TESTBED_FRONT_DOOR');
const control = new Control(setting('TESTBED_EMULATOR'));
const sessions = new Map<string, Session>();

async function session({ machineArn, roleArn }: Caller): Promise<Session> {
  const kept = sessions.get(roleArn);
  if (kept && kept.expiresAt - MARGIN_MS > Date.now()) return kept;
  const given = await control.call<AwsCredentialIdentity & { expiration: number }>('assume-service-role', {
    role: roleArn,
    service: 'states.amazonaws.com',
    session: 'states',
    source: machineArn,
  });
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = given;
  const made = {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken ? { sessionToken } : {}),
    expiresAt: expiration * 1000,
  };
  sessions.set(roleArn, made);
  return made;
}

const machines = new RegionMachines({
  invoke: lambdaTask(
    async caller => new SignedRequests({ endpoint, region, credentials: await session(caller) }),
  ),
  onStatus: execution => {
    const detail = statusChange(execution);
    control.call('execution-changed', { region, detail }).catch((error: unknown) => {
      process.stderr.write(`${execution.arn} ${execution.status} was not told: ${String(error)}\n`);
    });
  },
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const server = createServer((request, response) => {
  bodyOf(request)
    .then(body => answer(machines, JSON.parse(body) as ApiCall))
    .catch((error: unknown) => {
      process.stderr.write(`${(error as Error).stack}\n`);
      return { status: 500, body: { __type: 'InternalServerException', message: String(error) } };
    })
    .then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
});
server.listen(Number(setting('TESTBED_PORT')), setting('TESTBED_ADDRESS'), () => {
  process.stdout.write(`Step Functions of ${region}\n`);
});
