import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = resolve(__dirname, '../../..');
const VARIABLES = {
  LIFEBOAT_SITE: 'dr',
  AWS_REGION: 'us-east-2',
  LIFEBOAT_TABLE: 'levlabs-ledger',
  LIFEBOAT_TOPIC_ARNS: 'arn:aws:sns:us-east-2:111122223333:oncall',
};

/** A step that does what its input says, in the Lambda around every step. */
const STEP = `
  import { PodsNotReady } from './core/errors';
  import { lambda } from './lambdas/runtime/handler';
  export const handler = lambda('probe', async (deps, input) => {
    if (input.fail === 'named') throw new PodsNotReady('2 pods wait\\nfor a node');
    if (input.fail === 'other') throw new TypeError('a mistake');
    return { site: deps.site, config: deps.config.name, region: process.env.AWS_REGION };
  });`;

/** Calls the handler with one event after the other, as one sandbox does, and writes its answers as the last line. */
const SANDBOX = `
  const { handler } = require('./index.js');
  const { rmSync, writeFileSync } = require('node:fs');
  (async () => {
    const answers = [];
    for (const { file, ...event } of JSON.parse(process.argv[2])) {
      if (file === null) rmSync('lifeboat.json');
      if (file) writeFileSync('lifeboat.json', file);
      answers.push(
        await handler(event).then(
          result => ({ result }),
          ({ name, message }) => ({ name, message }),
        ),
      );
    }
    process.stdout.write(JSON.stringify(answers) + '\\n');
  })();`;

interface Event {
  run?: { id: string };
  app?: string;
  taskToken?: string;
  fail?: 'named' | 'other';
  /** What becomes of lifeboat.json before the call; null: it goes. */
  file?: string | null;
}

interface Answer {
  result?: unknown;
  name?: string;
  message?: string;
}

let folder = '';

// Bundled and minified as it is deployed: a minifier renames classes.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-handler-'));
  buildSync({
    stdin: { contents: STEP, resolveDir: ROOT, loader: 'ts' },
    outfile: join(folder, 'index.js'),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  writeFileSync(join(folder, 'sandbox.js'), SANDBOX);
});

beforeEach(() => writeFileSync(join(folder, 'lifeboat.json'), '{"name":"levlabs"}'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The answers to the events, and the lines that were logged. */
function sandbox(events: Event[], variables: Record<string, string> = VARIABLES) {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['sandbox.js', JSON.stringify(events)], {
    cwd: folder,
    env: variables,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const lines = stdout.trim().split('\n');
  return {
    answers: JSON.parse(lines.pop() ?? '') as Answer[],
    logged: lines.map(line => JSON.parse(line) as Record<string, unknown>),
    stdout,
  };
}

const EVENT: Event = { run: { id: 'run-1' }, app: 'sample-app' };

describe('the Lambda around a step', () => {
  test('gives the step its environment, and answers with its result', () => {
    const { answers } = sandbox([EVENT]);
    expect(answers).toEqual([{ result: { site: 'dr', config: 'levlabs', region: 'us-east-2' } }]);
  });

  test('logs one line of JSON for what was done, with the run and the app', () => {
    const { logged } = sandbox([EVENT]);
    expect(logged).toEqual([
      {
        event: 'done',
        step: 'probe',
        run: { id: 'run-1' },
        app: 'sample-app',
        result: { site: 'dr', config: 'levlabs', region: 'us-east-2' },
      },
    ]);
  });

  test('lets a named error through under its name, for Step Functions to match', () => {
    const { answers } = sandbox([{ ...EVENT, fail: 'named' }]);
    expect(answers).toEqual([{ name: 'PodsNotReady', message: '2 pods wait\nfor a node' }]);
  });

  test('logs one line of JSON for what failed, with the name, the message and the stack', () => {
    const { logged } = sandbox([{ ...EVENT, fail: 'named' }]);
    expect(logged).toEqual([
      {
        event: 'failed',
        step: 'probe',
        run: { id: 'run-1' },
        app: 'sample-app',
        error: 'PodsNotReady',
        message: '2 pods wait\nfor a node',
        stack: expect.stringContaining('index.js'),
      },
    ]);
  });

  test('lets an error that nobody has named through as it is', () => {
    const { answers, logged } = sandbox([{ fail: 'other' }]);
    expect(answers).toEqual([{ name: 'TypeError', message: 'a mistake' }]);
    expect(logged).toMatchObject([{ event: 'failed', error: 'TypeError' }]);
  });

  test.each<Event['fail'][]>([[undefined], ['named']])('never logs a task token (%s)', fail => {
    const { stdout } = sandbox([{ ...EVENT, taskToken: 'the-key', ...(fail ? { fail } : {}) }]);
    expect(stdout).toContain('run-1');
    expect(stdout).not.toContain('the-key');
  });

  test('reads its deployment once: later calls of the sandbox go on with it', () => {
    const { answers } = sandbox([EVENT, { ...EVENT, file: null }, { ...EVENT, fail: 'named' }, EVENT]);
    expect(answers.map(({ result, name }) => name ?? (result as { config: string }).config)).toEqual([
      'levlabs',
      'levlabs',
      'PodsNotReady',
      'levlabs',
    ]);
  });
});

describe('a broken deployment', () => {
  test('fails the call under its name, and says which file is missing', () => {
    const { answers } = sandbox([{ ...EVENT, file: null }]);
    expect(answers).toEqual([
      { name: 'BrokenDeployment', message: expect.stringMatching(/lifeboat\.json cannot be read: ENOENT/) },
    ]);
  });

  test('fails the call when a variable is missing', () => {
    const { LIFEBOAT_TABLE: _, ...rest } = VARIABLES;
    const { answers } = sandbox([EVENT], rest);
    expect(answers).toMatchObject([{ name: 'BrokenDeployment', message: expect.stringContaining('TABLE') }]);
  });

  test('fails every call until it is whole again', () => {
    const { answers } = sandbox([
      { ...EVENT, file: '{' },
      { ...EVENT, file: null },
      { ...EVENT, file: '{"name":"again"}' },
    ]);
    expect(answers).toMatchObject([
      { name: 'BrokenDeployment' },
      { name: 'BrokenDeployment' },
      { result: { config: 'again' } },
    ]);
  });
});
