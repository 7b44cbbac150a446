import { DescribeClusterCommand } from '@aws-sdk/client-eks';
import { FakeEks } from '../../../rehearsal/embedded/aws/eks';
import { setting } from './setting';

function world() {
  const { clock, log, region, run, failure } = setting();
  const eks = new FakeEks({ clock, log, region, latencyMs: 10 });
  eks.setCluster({
    name: 'levlabs-dr',
    endpoint: 'https://dr.example',
    certificateAuthority: 'PEM',
    version: '1.33',
  });
  const describe = (options?: { abortSignal?: AbortSignal }, name = 'levlabs-dr') =>
    eks.send(new DescribeClusterCommand({ name }), options);
  return { clock, log, run, failure, eks, describe };
}

describe('every endpoint', () => {
  test('takes a few milliseconds and writes the call down', async () => {
    const { clock, log, run, describe } = world();
    const began = clock.now();
    await run(describe());
    expect(clock.now() - began).toBe(10);
    expect(log.calls).toEqual([
      {
        at: began,
        endedAt: began + 10,
        step: 'world',
        service: 'eks',
        action: 'DescribeCluster',
        region: 'us-east-2',
        resource: 'levlabs-dr',
        outcome: 'ok',
      },
    ]);
  });

  test('that hangs answers only to the abort signal', async () => {
    const { clock, failure, eks, describe } = world();
    eks.endpoint.state = 'hang';
    const controller = new AbortController();
    clock.after(2500, () => controller.abort());
    const began = clock.now();
    expect(await failure(describe({ abortSignal: controller.signal }))).toMatchObject({ name: 'AbortError' });
    expect(clock.now() - began).toBe(2500);
  });

  test('that begins to hang catches the call that is under way', async () => {
    const { clock, log, eks, describe } = world();
    const settled = jest.fn();
    void describe().then(settled, settled);
    await clock.advance(7);
    eks.endpoint.state = 'hang';
    await clock.advance(60_000);
    expect(settled).not.toHaveBeenCalled();
    expect(log.calls[0]?.outcome).toBe('pending');
  });

  test('that refuses says so at once', async () => {
    const { clock, failure, eks, describe } = world();
    eks.endpoint.state = 'refuse';
    const began = clock.now();
    expect(await failure(describe())).toMatchObject({ code: 'ECONNREFUSED' });
    expect(clock.now()).toBe(began);
  });

  test('is throttled as often as told', async () => {
    const { run, failure, eks, describe } = world();
    eks.endpoint.throttle(2);
    expect((await failure(describe())).name).toBe('ThrottlingException');
    expect((await failure(describe())).name).toBe('ThrottlingException');
    await expect(run(describe())).resolves.toBeDefined();
  });

  test('refuses options that it does not know', async () => {
    const { failure, eks } = world();
    const call = eks.send(new DescribeClusterCommand({ name: 'x' }), { requestTimeout: 5 });
    expect((await failure(call)).name).toBe('FakeLimit');
  });
});

describe('DescribeCluster', () => {
  test('says where the API server is and which CA it has', async () => {
    const { run, describe } = world();
    const { cluster } = await run(describe());
    expect(cluster).toEqual({
      name: 'levlabs-dr',
      arn: 'arn:aws:eks:us-east-2:111122223333:cluster/levlabs-dr',
      endpoint: 'https://dr.example',
      certificateAuthority: { data: Buffer.from('PEM').toString('base64') },
      status: 'ACTIVE',
      version: '1.33',
    });
  });

  test('of an unknown cluster is ResourceNotFoundException', async () => {
    const { failure, describe } = world();
    expect(await failure(describe(undefined, 'other'))).toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'No cluster found for name: other.',
      $metadata: { httpStatusCode: 404 },
    });
  });
});
