import { writtenUntil } from '../../../rehearsal/embedded/cloud/volumes';
import { example } from './examples';
import { type OpenNight, openNight } from './play';

jest.setTimeout(300_000);

const levlabs = example('levlabs');
const NAME = 'sample-app-data';

function claims({ night }: OpenNight, site: 'primary' | 'dr') {
  const { store } = night.clusters[site];
  return { store, type: store.typeOf('v1', 'PersistentVolumeClaim') };
}

function seenUntil({ night }: OpenNight, site: 'primary' | 'dr'): number | undefined {
  return writtenUntil(night.volumes[site].read('sample-app', NAME));
}

describe('the volumes of the site at work', () => {
  it('hold everything that was written until now, whenever somebody looks', async () => {
    const open = await openNight(levlabs);
    for (const _look of [1, 2]) {
      await open.night.clock.advance(60_000);
      expect(seenUntil(open, 'primary')).toBe(open.night.clock.now());
    }
  });

  it('stay as they were when the Region is lost', async () => {
    const open = await openNight(levlabs);
    const lostAt = open.night.clock.now();
    open.night.loseRegion('primary');
    await open.night.clock.advance(60_000);
    expect(seenUntil(open, 'primary')).toBe(lostAt);
  });

  it('stay as they were while the app is broken', async () => {
    const open = await openNight(levlabs);
    const [app] = levlabs.config.apps;
    const brokenAt = open.night.clock.now();
    if (app) open.night.breakApp('primary', app);
    expect(seenUntil(open, 'primary')).toBe(brokenAt);
  });
});

describe('whoever writes to a volume', () => {
  it('writes until the end of its pod, and no longer, though customers are still sent there', async () => {
    const open = await openNight(levlabs);
    const { store } = open.night.clusters.primary;
    const [deployment] = store.list(store.typeOf('apps/v1', 'Deployment'), 'sample-app');
    if (!deployment) throw new Error('the sample app has a Deployment');
    let lastPodAt = 0;
    store.watch(({ type, object }) => {
      if (type === 'DELETED' && object.kind === 'Pod') lastPodAt = open.night.clock.now();
    });
    store.update({ ...deployment, spec: { ...(deployment.spec as object), replicas: 0 } });
    await open.night.clock.advance(120_000);
    expect(lastPodAt).toBeGreaterThan(0);
    expect(seenUntil(open, 'primary')).toBe(Math.round(lastPodAt));
  });

  it.each([
    ['writes through a mount', [{ name: 'v', mountPath: '/v' }], true],
    ['does not through one that is read-only', [{ name: 'v', mountPath: '/v', readOnly: true }], false],
    ['does not without a mount', [], false],
  ])('%s', async (_what, volumeMounts, writes) => {
    const open = await openNight(levlabs);
    const { store } = open.night.clusters.primary;
    const [deployment] = store.list(store.typeOf('apps/v1', 'Deployment'), 'sample-app');
    if (!deployment) throw new Error('the sample app has a Deployment');
    store.update({ ...deployment, spec: { ...(deployment.spec as object), replicas: 0 } });
    await open.night.clock.advance(60_000);
    const before = seenUntil(open, 'primary');
    store.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'other', namespace: 'sample-app' },
      spec: {
        containers: [{ name: 'c', image: 'velero/velero:v1.18.3', volumeMounts }],
        volumes: [{ name: 'v', persistentVolumeClaim: { claimName: NAME } }],
      },
    });
    await open.night.clock.advance(60_000);
    expect(seenUntil(open, 'primary') === before).toBe(!writes);
  });
});

describe('a volume belongs to the uid of its claim', () => {
  it('so it is found under the claim that is there, and a claim that is made anew is empty', async () => {
    const open = await openNight(levlabs);
    const { store, type } = claims(open, 'dr');
    const { night } = open;
    night.volumes.dr.write('sample-app', NAME, 'for nobody', 1);
    expect(night.volumes.dr.read('sample-app', NAME)).toBeUndefined();
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: NAME, namespace: 'sample-app' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'gp3-dr',
        resources: { requests: { storage: '1Gi' } },
      },
    };
    store.create(claim);
    expect(night.volumes.dr.read('sample-app', NAME)).toBeUndefined();
    night.volumes.dr.write('sample-app', NAME, 'written until 1', 1);
    expect(seenUntil(open, 'dr')).toBe(1);
    store.delete(type, 'sample-app', NAME);
    await night.clock.advance(5000);
    store.create(claim);
    expect(night.volumes.dr.read('sample-app', NAME)).toBeUndefined();
  });
});

it('data that are damaged, or are not there, have no time', () => {
  expect(writtenUntil({ content: 'written until 1774752000000', bytes: 1 })).toBe(1774752000000);
  expect(writtenUntil({ content: 'written until yesterday', bytes: 1 })).toBeUndefined();
  expect(writtenUntil({ content: '', bytes: 0 })).toBeUndefined();
  expect(writtenUntil(undefined)).toBeUndefined();
});
