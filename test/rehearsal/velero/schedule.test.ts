import { parseCron } from '../../../rehearsal/embedded/velero/cron';
import { type Site, twoSites } from './world';

function schedule(site: Site, spec: Record<string, unknown>): void {
  site.create({
    apiVersion: 'velero.io/v1',
    kind: 'Schedule',
    metadata: { name: 'shop', namespace: 'velero', labels: { team: 'shop' } },
    spec: { template: { includedNamespaces: ['shop'] }, ...spec },
  });
}

function setPaused(site: Site, paused: boolean): void {
  const found = site.get('Schedule', 'shop');
  if (found) site.store.update({ ...found, spec: { ...(found.spec as object), paused } });
}

describe('a Schedule', () => {
  it('makes a Backup when its time has come, named by the moment, with its labels and template', async () => {
    const { primary, clock } = await twoSites();
    primary.namespace('shop');
    schedule(primary, { schedule: '30 * * * *' });
    await clock.advance(29 * 60_000);
    expect(primary.all('Backup')).toEqual([]);
    await clock.advance(2 * 60_000);
    const [backup] = primary.all('Backup');
    expect(backup?.metadata.name).toMatch(/^shop-20260301003\d{3}$/);
    expect(backup?.metadata.labels).toMatchObject({ 'velero.io/schedule-name': 'shop', team: 'shop' });
    expect(backup?.spec).toMatchObject({ includedNamespaces: ['shop'] });
    const time = backup?.metadata.name.slice(-14) ?? '';
    expect(String(primary.status('Schedule', 'shop').lastBackup).replace(/\D/g, '')).toBe(time);
    expect(primary.phase('Schedule', 'shop')).toBe('Enabled');
  });

  it('makes none while it is paused, and one at once when it is taken out of pause', async () => {
    const { primary, clock } = await twoSites();
    schedule(primary, { schedule: '*/10 * * * *' });
    await clock.advance(5_000);
    setPaused(primary, true);
    await clock.advance(61 * 60_000);
    expect(primary.all('Backup')).toEqual([]);
    setPaused(primary, false);
    await clock.advance(2_000);
    expect(primary.all('Backup')).toHaveLength(1);
    await clock.advance(60_000);
    expect(primary.all('Backup')).toHaveLength(1);
  });

  it('that is to skip what is due begins with the time after', async () => {
    const { primary, clock } = await twoSites();
    schedule(primary, { schedule: '*/10 * * * *', paused: true });
    await clock.advance(61 * 60_000);
    const found = primary.get('Schedule', 'shop');
    const spec = { ...(found?.spec as object), paused: false, skipImmediately: true };
    if (found) primary.store.update({ ...found, spec });
    await clock.advance(5 * 60_000);
    expect(primary.all('Backup')).toEqual([]);
    await clock.advance(6 * 60_000);
    expect(primary.all('Backup')).toHaveLength(1);
  });

  it('leaves a time out while a Backup of its own is InProgress', async () => {
    const { primary, clock } = await twoSites();
    primary.namespace('shop');
    primary.database('shop', 'monday', 110e6 * 400); // 400 s
    schedule(primary, { schedule: '*/5 * * * *', template: { defaultVolumesToFsBackup: true } });
    await clock.advance(11.5 * 60_000);
    expect(primary.all('Backup')).toHaveLength(1);
  });

  it('that cannot be read is refused', async () => {
    const { primary, clock } = await twoSites();
    schedule(primary, { schedule: 'every day' });
    await clock.advance(5_000);
    expect(primary.status('Schedule', 'shop')).toMatchObject({
      phase: 'FailedValidation',
      validationErrors: [expect.stringContaining('invalid schedule')],
    });
  });
});

describe('a cron expression', () => {
  it('knows no Sunday 7, unlike that of a CronJob', () => {
    expect(() => parseCron('0 0 * * 7')).toThrow('above maximum');
    expect(() => parseCron('*/7 7 7 7 0')).not.toThrow();
  });

  it('with a time zone is not supported by the fake, and says so', () => {
    expect(() => parseCron('CRON_TZ=Europe/Berlin 0 0 * * *')).toThrow('does not support');
  });
});
