import { gunzipSync } from 'node:zlib';
import { type Site, syncedBackup } from './world';

function request(site: Site, name: string, restore: string): void {
  site.create({
    apiVersion: 'velero.io/v1',
    kind: 'DownloadRequest',
    metadata: { name, namespace: 'velero' },
    spec: { target: { kind: 'RestoreResults', name: restore } },
  });
}

async function finished() {
  const world = await syncedBackup({}, {}, site => site.configMap('settings', { a: '1' }, {}, 'shop'));
  world.dr.namespace('shop');
  world.dr.configMap('settings', { a: '2' }, {}, 'shop');
  world.dr.restore('r', { backupName: 'nightly' });
  await world.clock.advance(10_000);
  return world;
}

describe('a DownloadRequest for the results of a Restore', () => {
  it('gets an address that serves warnings and errors by namespace, compressed', async () => {
    const { dr, clock } = await finished();
    request(dr, 'results', 'r');
    await clock.advance(2_000);
    expect(dr.phase('DownloadRequest', 'results')).toBe('Processed');
    const file = dr.velero.download(String(dr.status('DownloadRequest', 'results').downloadURL));
    expect(JSON.parse(gunzipSync(file ?? '').toString())).toEqual({
      warnings: { namespaces: { shop: [expect.stringContaining('settings already exists')] } },
      errors: {},
    });
  });

  it('is answered for ten minutes, and deleted then', async () => {
    const { dr, clock } = await finished();
    request(dr, 'results', 'r');
    await clock.advance(2_000);
    const url = String(dr.status('DownloadRequest', 'results').downloadURL);
    await clock.advance(12 * 60_000);
    expect(dr.velero.download(url)).toBeUndefined();
    expect(dr.get('DownloadRequest', 'results')).toBeUndefined();
  });

  it('is not answered when the Restore is not there', async () => {
    const { dr, clock } = await finished();
    request(dr, 'results', 'none');
    await clock.advance(5_000);
    expect(dr.status('DownloadRequest', 'results').phase).toBeUndefined();
  });

  it('is answered with an address of nothing when the Restore has not come to its results', async () => {
    const { dr, clock } = await finished();
    dr.velero.setFaults({ restoreStuck: true });
    dr.restore('stuck', { backupName: 'nightly' });
    request(dr, 'results', 'stuck');
    await clock.advance(5_000);
    expect(dr.phase('DownloadRequest', 'results')).toBe('Processed');
    expect(dr.velero.download(String(dr.status('DownloadRequest', 'results').downloadURL))).toBeUndefined();
  });

  it('cannot be downloaded while the bucket is unreachable', async () => {
    const { dr, clock, bucket } = await finished();
    request(dr, 'results', 'r');
    await clock.advance(2_000);
    bucket.reachable = false;
    expect(() => dr.velero.download(String(dr.status('DownloadRequest', 'results').downloadURL))).toThrow(
      'timeout',
    );
  });
});
