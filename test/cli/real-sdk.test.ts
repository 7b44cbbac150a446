import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONFIG } from './deployed';

// The program itself with the real SDK, at a server that answers as AWS does: what people see when AWS says no.

jest.setTimeout(120_000);

interface Answer {
  status: number;
  body: string;
}

/** What each service says, by the name in the request's signature. */
type Answers = Record<string, (region: string) => Answer>;

let server: Server;
let answers: Answers = {};
let home: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'lifeboat-home-'));
  server = createServer((request, response) => {
    const [, region = '', service = ''] =
      /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    const { status, body } = answers[service]?.(region) ?? { status: 500, body: `nothing for ${service}` };
    request.resume().on('end', () => response.writeHead(status, { 'x-amzn-requestid': 'r' }).end(body));
  });
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
});

afterAll(() => {
  server.close();
  rmSync(home, { recursive: true, force: true });
});

interface Said {
  exit: number | string | null | undefined;
  stdout: string;
  stderr: string;
}

function lifeboat(args: string[], env: Record<string, string> = {}): Promise<Said> {
  const bin = join(__dirname, '..', '..', 'bin', 'lifeboat.mjs');
  const port = String((server.address() as AddressInfo).port);
  const keys = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalr' };
  return new Promise(resolve => {
    execFile(
      process.execPath,
      [bin, ...args, '--config', CONFIG],
      {
        env: {
          PATH: process.env.PATH ?? '',
          HOME: home,
          AWS_EC2_METADATA_DISABLED: 'true',
          AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
          ...keys,
          ...env,
        },
      },
      (error, stdout, stderr) => resolve({ exit: error ? error.code : 0, stdout, stderr }),
    );
  });
}

/** The query protocol of CloudFormation. */
function xmlError(status: number, code: string, message: string): () => Answer {
  const body = `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
  return () => ({ status, body });
}

const stack: (region: string) => Answer = region => ({
  status: 200,
  body: `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>levlabs</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs><member><OutputKey>StateMachineArn</OutputKey><OutputValue>arn:aws:states:${region}:111122223333:stateMachine:lifeboat-levlabs</OutputValue></member><member><OutputKey>LedgerTable</OutputKey><OutputValue>ledger</OutputValue></member></Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
});

/** People's text on stderr without a stack trace, nothing on stdout. */
function plain({ stdout, stderr }: Said): string {
  expect(stdout).toBe('');
  expect(stderr).not.toMatch(/^ {4}at |node:internal|Warning/m);
  return stderr.trim();
}

const PAUSE = ['pause', '--reason', 'a change'];
const START = ['failover', '--yes', '--no-follow'];

it('says that there are no credentials, and how to get them', async () => {
  const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
  const said = await lifeboat(START, none);
  expect(plain(said)).toMatch(/^There are no AWS credentials to work with\..* Log in \(aws sso login/);
  expect(said.exit).toBe(2);
});

it('says once that a profile is not there, which is missing for both Regions', async () => {
  const said = await lifeboat(['runs'], {
    ...{ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
    AWS_PROFILE: 'nobody',
  });
  expect(plain(said)).toMatch(/^Not asked: There are no AWS credentials to work with\. .* Log in/);
  // One sentence, though both Regions were to be asked.
  expect(said.stderr.trim().split('\n')).toHaveLength(1);
  expect(said.exit).toBe(2);
});

it('says that the credentials have expired', async () => {
  answers = {
    cloudformation: xmlError(403, 'ExpiredToken', 'The security token included in the request is expired'),
  };
  const said = await lifeboat(START);
  expect(plain(said)).toMatch(
    /^AWS in us-east-2 does not take these credentials \(ExpiredToken: .* is expired\)\. Log in/,
  );
  expect(said.exit).toBe(2);
});

it('says who may not do what', async () => {
  const denied =
    'User: arn:aws:iam::111122223333:user/ada is not authorized to perform: cloudformation:DescribeStacks';
  answers = { cloudformation: xmlError(403, 'AccessDenied', denied) };
  const said = await lifeboat(START);
  expect(plain(said)).toBe(
    `You may not do this in us-east-2: ${denied} docs/permissions.md says what each command needs. ` +
      'See who you are: aws sts get-caller-identity',
  );
  expect(said.exit).toBe(1);
});

it('says that the stack is not there, in which Region, and how to deploy it', async () => {
  answers = {
    cloudformation: xmlError(400, 'ValidationError', 'Stack with id levlabs-dr does not exist'),
  };
  const said = await lifeboat(START);
  expect(plain(said)).toMatch(
    /^There is no stack levlabs-dr of Lifeboat in us-east-2 of this account\..* npx cdk deploy levlabs-dr/,
  );
  expect(said.exit).toBe(2);
});

it('says that a stack of that name is not Lifeboat’s', async () => {
  answers = {
    cloudformation: region => ({
      ...stack(region),
      body: stack(region).body.replace(/<Outputs>.*<\/Outputs>/, ''),
    }),
  };
  const said = await lifeboat(START);
  expect(plain(said)).toMatch(/^There is no stack levlabs-dr of Lifeboat in us-east-2/);
  expect(said.exit).toBe(2);
});

it('says that a Region refuses connections', async () => {
  const said = await lifeboat(START, { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' });
  expect(plain(said)).toMatch(
    /^us-east-2 does not answer\. CloudFormation DescribeStacks levlabs-dr in us-east-2: .*ECONNREFUSED/,
  );
  expect(said.exit).toBe(1);
});

it('says that the ledger may not be read, of the Region where that is so', async () => {
  const denied = 'User: arn:aws:iam::111122223333:user/ada is not authorized to perform: dynamodb:GetItem';
  answers = {
    cloudformation: stack,
    dynamodb: region =>
      region === 'us-east-1'
        ? {
            status: 400,
            body: JSON.stringify({
              __type: 'com.amazon.coral.service#AccessDeniedException',
              Message: denied,
            }),
          }
        : { status: 200, body: '{}' },
  };
  const said = await lifeboat(PAUSE);
  expect(plain(said)).toMatch(
    /^Paused in us-east-2, .*\nus-east-1 is NOT paused: You may not do this in us-east-1: .*dynamodb:GetItem/,
  );
  expect(said.exit).toBe(1);
});

it('says in AWS’s words what else it answers', async () => {
  answers = {
    cloudformation: stack,
    dynamodb: () => ({
      status: 400,
      body: JSON.stringify({
        __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
        message: 'Requested resource not found',
      }),
    }),
  };
  const said = await lifeboat(['runs', '--format', 'json']);
  expect(JSON.parse(said.stdout)).toEqual({
    runs: [],
    silent: ['us-east-1', 'us-east-2'].map(
      region => `AWS in ${region}: Requested resource not found (ResourceNotFoundException)`,
    ),
  });
  expect(said.stderr).toBe('');
  expect(said.exit).toBe(1);
});

it('writes no escape sequence into a file, and fits into the columns that are asked for', async () => {
  answers = { cloudformation: xmlError(403, 'ExpiredToken', 'The security token is expired') };
  const { stderr } = await lifeboat(['status'], { COLUMNS: '60' });
  expect(stderr).toContain('Customers');
  expect(stderr).not.toContain('\u001b');
  expect(stderr.split('\n').filter(line => line.length > 60)).toEqual([]);
});
