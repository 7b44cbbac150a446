import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job } from '../../../../rehearsal/testbed/aws/lambda-host/job';
import { LambdaHost } from '../../../../rehearsal/testbed/aws/lambda-host/lambda-host';

const CODE = `exports.handler = async (event, context) => {
  console.log('at work on', event.n);
  if (event.wait) await new Promise(resolve => setTimeout(resolve, event.wait));
  return { pid: process.pid, own: process.env.OWN, name: context.functionName,
    left: context.getRemainingTimeInMillis() > 0, stranger: process.env.HOME ?? null };
};`;

describe('The host of the functions', () => {
  let folder: string;
  let host: LambdaHost;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lifeboat-function-'));
    writeFileSync(join(folder, 'index.js'), CODE);
    host = new LambdaHost({
      address: '127.0.0.1',
      port: 0,
      endpoint: 'http://10.201.0.2:4566',
      extraVariables: { OWN: 'overruled', EXTRA: 'ca.pem' },
    });
  });
  afterEach(async () => {
    await host.stop();
    rmSync(folder, { recursive: true });
  });

  const job = (more: Partial<Job> = {}): Job => ({
    arn: 'arn:aws:lambda:eu-west-1:000000000000:function:f',
    region: 'eu-west-1',
    name: 'f',
    folder,
    handler: 'index.handler',
    timeoutMs: 5000,
    memoryMb: 512,
    variables: { OWN: 'value' },
    logGroup: '/aws/lambda/f',
    credentials: { accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 't' },
    event: { n: 1 },
    requestId: 'r',
    ...more,
  });
  const pidOf = async (asked: Job) => {
    const outcome = await host.invoke(asked);
    if ('error' in outcome) throw new Error(outcome.error.errorMessage);
    return (outcome.result as { pid: number }).pid;
  };

  test('gives a process that was killed nothing more to do, though it has not ended yet', async () => {
    await host.invoke(job());
    host.killRegion('eu-west-1');
    expect(await host.invoke(job())).toMatchObject({ result: { name: 'f' } });
  });

  test("runs the handler with the function's variables and no others", async () => {
    expect(await host.invoke(job())).toEqual({
      result: { pid: expect.any(Number) as number, own: 'value', name: 'f', left: true, stranger: null },
      log: 'at work on 1\n',
    });
  });

  test('gives each concurrent invocation a process, and uses a free one again', async () => {
    const [one, two] = await Promise.all([
      pidOf(job({ event: { wait: 50 } })),
      pidOf(job({ event: { wait: 50 } })),
    ]);
    expect(one).not.toBe(two);
    expect([one, two]).toContain(await pidOf(job()));
    // Other code is other code, though the function's name is the same.
    const other = mkdtempSync(join(tmpdir(), 'lifeboat-function-'));
    writeFileSync(join(other, 'index.js'), CODE);
    expect([one, two]).not.toContain(await pidOf(job({ folder: other })));
    rmSync(other, { recursive: true });
  });

  test.each([
    ['index.nothing', 'Runtime.HandlerNotFound'],
    ['nowhere.handler', 'Error'],
  ])('says that %s cannot be loaded', async (handler, errorType) => {
    expect(await host.invoke(job({ handler }))).toMatchObject({ error: { errorType } });
  });

  test('keeps no more idle processes than a few', async () => {
    const jobs = Array.from({ length: 10 }, (_, n) => job({ arn: `arn:${n}`, name: `f${n}` }));
    for (const each of jobs) await host.invoke(each);
    // The first ones were told to end; until they have, they count.
    while (host.running('eu-west-1', 'f0', { busy: false }).length > 0) {
      await new Promise(resolve => setImmediate(resolve));
    }
    expect(host.running('eu-west-1', 'f9', { busy: false })).toHaveLength(1);
  });

  test('loses a Region with every process in it', async () => {
    const lost = host.invoke(job({ event: { wait: 10_000 } }));
    await pidOf(job({ arn: 'arn:other', region: 'eu-central-1', name: 'other' }));
    host.killRegion('eu-west-1');
    expect(await lost).toMatchObject({ error: { errorType: 'Runtime.ExitError' } });
    expect(host.running('eu-central-1', 'other', { busy: false })).toHaveLength(1);
  });
});
