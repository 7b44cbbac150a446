import { type KubernetesRequest, TransportFailed } from '../../../lambdas/adapters/kubernetes/transport';
import { asStep, CallLog } from '../../../rehearsal/embedded/calls';
import {
  FakeKubernetesTransport,
  type FakeKubernetesTransportOptions,
} from '../../../rehearsal/embedded/kubernetes/transport';
import { clusterAt, deployment, namespace, START } from './fixtures';
import { ACCESS_KEY, SECRET, token } from './tokens';

const ENDPOINT = 'https://DR.gr7.us-east-2.eks.amazonaws.com';
const CA = '-----BEGIN CERTIFICATE-----\ndr\n-----END CERTIFICATE-----\n';

function world(extra: Partial<FakeKubernetesTransportOptions> = {}) {
  const { clock, cluster } = clusterAt();
  cluster.load([namespace('shop'), deployment('web', 1)]);
  const calls = new CallLog(clock);
  const transport = new FakeKubernetesTransport({
    clock,
    calls,
    clusters: [{ cluster, endpoint: ENDPOINT, certificateAuthority: CA }],
    secretFor: id => (id === ACCESS_KEY ? SECRET : undefined),
    authenticate: () => ({ user: 'lifeboat', groups: ['system:masters'] }),
    ...extra,
  });
  const ask = async (
    request: Partial<KubernetesRequest> = {},
    access: { endpoint?: string; certificateAuthority?: string; token?: string } = {},
  ) => {
    const full = {
      endpoint: ENDPOINT,
      certificateAuthority: CA,
      token: access.token ?? (await token(clock.now())),
      ...access,
    };
    const path = '/apis/apps/v1/namespaces/shop/deployments/web';
    return clock.run(transport.exchange(full, { method: 'GET', path, deadlineMs: 2_000, ...request }));
  };
  return { clock, cluster, calls, transport, ask };
}

describe('the transport to the API servers', () => {
  test('brings an authenticated request to its cluster, in a few milliseconds', async () => {
    const { clock, ask } = world();
    expect(await ask()).toMatchObject({ status: 200, body: { kind: 'Deployment' } });
    expect(clock.now() - START).toBe(5);
  });

  test('answers 401 to a token that does not verify and to a caller without an access entry', async () => {
    const { ask } = world();
    expect(await ask({}, { token: await token(START, { clusterName: 'another' }) })).toMatchObject({
      status: 401,
      body: { reason: 'Unauthorized' },
    });
    expect(await world({ authenticate: () => undefined }).ask()).toMatchObject({ status: 401 });
  });

  test("gives the caller only what the access entry's groups may do", async () => {
    const { ask } = world({ authenticate: () => ({ user: 'lifeboat', groups: ['lifeboat'] }) });
    expect(await ask()).toMatchObject({ status: 403 });
    expect(await ask({ path: '/readyz' })).toEqual({ status: 200, body: 'ok' });
  });

  test('fails on a wrong certificate authority and on an endpoint that is nowhere', async () => {
    const { ask } = world();
    await expect(ask({}, { certificateAuthority: 'other' })).rejects.toThrow(
      new TransportFailed('unable to verify the first certificate'),
    );
    await expect(ask({}, { endpoint: 'https://other.eks.amazonaws.com' })).rejects.toThrow(TransportFailed);
  });

  test.each(['lose', 'apiDown'] as const)('hangs until the deadline after %s', async how => {
    const { clock, cluster, ask } = world();
    cluster[how]();
    await expect(ask({ deadlineMs: 3_000 })).rejects.toThrow('no answer within 3000 ms');
    expect(clock.now() - START).toBe(3_000);
  });

  test('says nothing of certificates when nobody is there to show one', async () => {
    const { cluster, ask } = world();
    cluster.lose();
    await expect(ask({}, { certificateAuthority: 'other' })).rejects.toThrow('no answer within 2000 ms');
  });

  test('hangs when the cluster is lost while the request is under way', async () => {
    const { clock, cluster, ask } = world();
    clock.after(2, () => cluster.lose());
    await expect(ask()).rejects.toThrow(TransportFailed);
    expect(clock.now() - START).toBe(2_000);
  });

  test('lets hooks hang, refuse or replace an exchange', async () => {
    const { transport, ask } = world();
    transport.faults.push(({ path }) => (path === '/readyz' ? 'hang' : undefined));
    transport.faults.push(({ path }) => (path === '/version' ? 'refuse' : undefined));
    transport.faults.push(({ path }) => (path === '/livez' ? { status: 503 } : undefined));
    await expect(ask({ path: '/readyz' })).rejects.toThrow('no answer within');
    await expect(ask({ path: '/version' })).rejects.toThrow('ECONNREFUSED');
    expect(await ask({ path: '/livez' })).toMatchObject({ status: 503 });
    expect(await ask()).toMatchObject({ status: 200 });
  });

  test('writes down every exchange with its outcome', async () => {
    const { calls, cluster, ask } = world();
    await asStep({ step: 'scale' }, () => ask());
    await ask({ path: '/apis/apps/v1/namespaces/shop/deployments/nope/scale' });
    cluster.lose();
    await expect(ask()).rejects.toThrow(TransportFailed);
    expect(
      calls.calls.map(({ step, service, action, region, outcome }) => [
        step,
        service,
        action,
        region,
        outcome,
      ]),
    ).toEqual([
      ['scale', 'kubernetes', 'GET deployments', 'us-east-2', 'ok'],
      ['world', 'kubernetes', 'GET deployments/scale', 'us-east-2', 'NotFound'],
      ['world', 'kubernetes', 'GET deployments', 'us-east-2', 'TransportFailed'],
    ]);
    expect(calls.calls[0]?.resource).toBe('/apis/apps/v1/namespaces/shop/deployments/web');
  });
});
