import type { ClaimObject } from '../../../../core/kubernetes';
import { keptVolume, oldClaims, removeClaim } from '../../../../lambdas/adapters/kubernetes/claims';
import { FakeApi, holding, list, ok, status } from './fake-api';

const SELECTOR = 'velero.io/restore-name=sample-app-20260301';
const claimsIn = (namespace: string) => `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;

function claim(name: string, restore?: string): ClaimObject {
  const labels = restore === undefined ? {} : { labels: { 'velero.io/restore-name': restore } };
  return { metadata: { name, namespace: 'shop', ...labels } };
}

describe('old claims', () => {
  test('are those that the restore did not bring, of every namespace', async () => {
    const api = holding({
      [claimsIn('shop')]: list(claim('ours', 'sample-app-20260301'), claim('old')),
      [claimsIn('pay')]: list(claim('earlier', 'sample-app-20260201')),
    });
    const found = await api.run(oldClaims(api.client, ['shop', 'pay'], SELECTOR));
    expect(found.map(({ metadata }) => metadata.name)).toEqual(['old', 'earlier']);
  });

  test('are looked for in eight namespaces at once', async () => {
    const api = new FakeApi(() => ok(list()));
    const namespaces = Array.from({ length: 30 }, (_, index) => `shop-${index}`);
    expect(await api.run(oldClaims(api.client, namespaces, SELECTOR))).toEqual([]);
    expect(api.mostUnderWay).toBe(8);
    expect(api.requests).toHaveLength(30);
  });
});

describe('the volume of a claim', () => {
  test('is kept when the claim goes', async () => {
    const api = new FakeApi(() => ok({}));
    const bound = { ...claim('data'), spec: { volumeName: 'pvc-1' } };
    expect(await api.run(keptVolume(api.client, bound))).toBe('pvc-1');
    expect(api.requests).toMatchObject([
      {
        method: 'PATCH',
        path: '/api/v1/persistentvolumes/pvc-1',
        contentType: 'application/merge-patch+json',
        body: { spec: { persistentVolumeReclaimPolicy: 'Retain' } },
      },
    ]);
  });

  test('is nothing to keep for a claim that has none', async () => {
    const api = holding({});
    expect(await api.run(keptVolume(api.client, claim('pending')))).toBeUndefined();
    expect(api.requests).toEqual([]);
  });
});

test('a claim is removed from its namespace, and may be gone already', async () => {
  const api = new FakeApi(() => status(404, 'gone'));
  await api.run(removeClaim(api.client, claim('data')));
  expect(api.asked).toEqual([`DELETE ${claimsIn('shop')}/data`]);
});
