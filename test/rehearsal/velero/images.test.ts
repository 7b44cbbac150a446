import { at, type Fields } from '../../../rehearsal/embedded/velero/json';
import { pod, type Site, syncedBackup, workload } from './world';

const fromNightly = { backupName: 'nightly', includedNamespaces: ['shop'] };
const objectsOnly = { includedNamespaces: ['shop'] };

async function restored(
  prepare: (primary: Site) => void,
  spec: Fields = {},
  before: (dr: Site) => void = () => undefined,
) {
  const world = await syncedBackup({}, {}, prepare, objectsOnly);
  before(world.dr);
  await world.clock.advance(5_000);
  world.dr.restore('r', { ...fromNightly, ...spec });
  await world.clock.advance(30_000);
  return world;
}

describe('images and storage classes', () => {
  const images = { 'velero.io/plugin-config': '', 'velero.io/change-image-name': 'RestoreItemAction' };
  const classes = { 'velero.io/plugin-config': '', 'velero.io/change-storage-class': 'RestoreItemAction' };

  it('are changed by a ConfigMap with the labels of the plugin', async () => {
    const { dr } = await restored(
      site => {
        const deployment = workload('Deployment', 'shop', 'web', 1);
        const template = at(deployment, 'spec', 'template', 'spec') as Fields;
        template.containers = [{ name: 'main', image: 'registry.east/web:1' }];
        site.create(deployment);
        site.create(pod('shop', 'bare', { image: 'registry.east/bare:1' }));
      },
      {},
      site => site.configMap('images', { one: 'registry.east, registry.west' }, images),
    );
    expect(at(dr.get('Deployment', 'web', 'shop'), 'spec', 'template', 'spec', 'containers')).toMatchObject([
      { image: 'registry.west/web:1' },
    ]);
    expect(at(dr.get('Pod', 'bare', 'shop'), 'spec', 'containers')).toMatchObject([
      { image: 'registry.west/bare:1' },
    ]);
  });

  it('are an error for every workload when two such ConfigMaps are there', async () => {
    const { dr } = await restored(
      site => {
        site.create(workload('Deployment', 'shop', 'web', 1));
        site.create(pod('shop', 'bare'));
        site.configMap('settings', {}, {}, 'shop');
      },
      {},
      site => {
        site.configMap('one', { a: 'a,b' }, images);
        site.configMap('two', { a: 'a,b' }, images);
      },
    );
    expect(dr.status('Restore', 'r')).toMatchObject({ phase: 'PartiallyFailed', errors: 2 });
    expect(JSON.stringify(dr.bucket.restore('r')?.errors)).toContain('found more than one ConfigMap');
    expect(dr.all('Deployment', 'shop')).toEqual([]);
    expect(dr.get('ConfigMap', 'settings', 'shop')).toBeDefined();
  });

  it('maps a storage class that exists and fails the claim when it does not', async () => {
    const prepare = (site: Site) => {
      site.database('shop', 'monday');
    };
    const only = { excludedResources: ['pods'] };
    const good = await restored(prepare, only, site => {
      site.create({
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'gp3-dr' },
        provisioner: 'ebs',
      });
      site.configMap('classes', { gp3: 'gp3-dr' }, classes);
    });
    expect(at(good.dr.get('PersistentVolumeClaim', 'data', 'shop'), 'spec', 'storageClassName')).toBe(
      'gp3-dr',
    );
    const bad = await restored(prepare, only, site => site.configMap('classes', { gp3: 'nowhere' }, classes));
    expect(bad.dr.status('Restore', 'r')).toMatchObject({ phase: 'PartiallyFailed', errors: 1 });
  });
});
