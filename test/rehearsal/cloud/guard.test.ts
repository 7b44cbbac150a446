import type { SiteName } from '../../../core/config';
import { encodeCertificate } from '../../../rehearsal/embedded/kubernetes/certificates';
import type { KubeObject } from '../../../rehearsal/embedded/kubernetes/object';
import type { Action } from '../../../rehearsal/scenario';
import { at, entering, example, scenario } from './examples';
import { type OpenNight, openNight, play } from './play';

const levlabs = example('levlabs');
const PROMISED_SECONDS = 20;

/** Seconds from the outage to the start of the run, in a night in which nothing else happens. */
async function secondsToRun(action: Action, afterSeconds: number, prepare?: (open: OpenNight) => void) {
  const open = await openNight({ ...levlabs, scenario: scenario([at(afterSeconds, action)]) });
  prepare?.(open);
  const { night } = open;
  const outageAt = night.clock.now() + afterSeconds * 1000;
  night.begin();
  await night.clock.advance((afterSeconds + 100) * 1000);
  const [run] = night.sites.dr.machine.executions();
  return run ? (run.startTime - outageAt) / 1000 : Number.POSITIVE_INFINITY;
}

describe('from an outage to the start of the run', () => {
  it.each<[string, Action]>([
    ['the Region is lost', { do: 'lose-region', site: 'primary' }],
    ['the app answers 500', { do: 'break-app', site: 'primary' }],
  ])('it takes the dwell time and at most 5 s more, whenever %s', async (_, action) => {
    // The guard looks every few seconds, and the Lambdas change at 02:42:01, in the middle of some of these.
    for (const after of [90, 91, 91.5, 92, 93, 94, 95, 107, 110, 115]) {
      const seconds = await secondsToRun(action, after);
      expect(seconds).toBeLessThanOrEqual(PROMISED_SECONDS);
      expect(seconds).toBeGreaterThanOrEqual(14);
    }
  });

  it('it takes a minute more at most when the Lambda on duty dies', async () => {
    const seconds = await secondsToRun({ do: 'lose-region', site: 'primary' }, 95, ({ night }) => {
      night.clock.after(100_000, () =>
        night.sites.dr.functions.killAfter('guard', 'PutItem', () => undefined),
      );
    });
    expect(seconds).toBeGreaterThan(PROMISED_SECONDS);
    expect(seconds).toBeLessThanOrEqual(60 + PROMISED_SECONDS);
  });
});

describe('one outage', () => {
  it('is one run, also when two Lambdas are sent each minute', async () => {
    const played = await play({
      ...levlabs,
      scenario: scenario([at(90, { do: 'lose-region', site: 'primary' })]),
      withNight: ({ night }) => {
        const { functions } = night.sites.dr;
        const invoke = functions.invoke.bind(functions);
        functions.invoke = async (arn, payload) => {
          if (arn === functions.arnOf('guard')) void invoke(arn, payload);
          return invoke(arn, payload);
        };
      },
    });
    expect(played.night.sites.dr.machine.executions()).toHaveLength(1);
    expect(played.told).toEqual(['start', 'succeeded']);
    expect(played.broken()).toEqual([]);
  });

  it('is confirmed by one look of the run, which waits for no second dwell time', async () => {
    const played = await play({
      ...levlabs,
      scenario: scenario([at(90, { do: 'break-app', site: 'primary' })]),
    });
    const looks = played.night.calls.calls.filter(
      ({ step, service, action }) => step === 'assess' && service === 'network' && action === 'lookup',
    );
    // The site's name and a canary or two.
    expect(looks.filter(({ resource }) => resource.startsWith('primary.'))).toHaveLength(1);
    expect(played.text).toMatch(/Bad in \d+ of \d+ samples over 1[5-9] s/);
  });

  it('that nobody mends is told once, and not every minute', async () => {
    const played = await play({
      ...levlabs,
      scenario: scenario(
        [at(60, { do: 'nodes-not-ready', site: 'dr' }), at(90, { do: 'lose-region', site: 'primary' })],
        { outcome: 'refused', main: 'primary' },
        { watch: 900 },
      ),
    });
    expect(played.told.filter(event => event === 'refused')).toHaveLength(1);
    expect(played.night.sites.dr.machine.executions()).toHaveLength(1);
  });

  it('that comes again after the site was well is another one', async () => {
    const played = await play({
      ...levlabs,
      scenario: scenario(
        [
          at(60, { do: 'nodes-not-ready', site: 'dr' }),
          at(90, { do: 'break-app', site: 'primary' }),
          at(240, { do: 'repair-app', site: 'primary' }),
          at(360, { do: 'break-app', site: 'primary' }),
        ],
        { outcome: 'refused', main: 'primary', runs: 2 },
      ),
    });
    expect(played.night.sites.dr.machine.executions()).toHaveLength(2);
  });
});

it('watches an app that only people move, and does not start it', async () => {
  const [app] = levlabs.config.apps;
  if (!app) throw new Error('levlabs has no app');
  const config = { ...levlabs.config, apps: [{ ...app, trigger: 'manual' as const }] };
  const open = await openNight({ ...levlabs, config });
  open.night.begin();
  await open.night.clock.advance(65_000);
  open.night.loseRegion('primary');
  await open.night.clock.advance(60_000);
  const { dynamodb, machine } = open.night.sites.dr;
  const watch = dynamodb.table.all().find(({ sk }) => sk?.S === 'watch');
  expect(watch?.doc?.M?.verdict?.M?.word?.S).toBe('down');
  expect(machine.executions()).toEqual([]);
});

describe('a guard that gives no sign of life', () => {
  it('is told to on-call by an alarm of its own Region', async () => {
    const open = await openNight(levlabs);
    const { functions, sns } = open.night.sites.dr;
    const invoke = functions.invoke.bind(functions);
    functions.invoke = async (arn, payload) =>
      arn === functions.arnOf('guard') ? undefined : invoke(arn, payload);
    open.night.begin();
    await open.night.clock.advance(10 * 60_000);
    const alarms = sns.messages.filter(({ subject }) => subject?.includes('GuardSilent'));
    expect(alarms).toHaveLength(1);
    expect(alarms[0]?.text).toContain('gives no sign of life');
    // That of the other Region goes on.
    expect(open.night.sites.primary.sns.messages).toEqual([]);
  });

  it('is no guard that has nothing to watch', async () => {
    const open = await openNight(levlabs);
    open.night.begin();
    await open.night.clock.advance(20 * 60_000);
    for (const { sns } of Object.values(open.night.sites)) expect(sns.messages).toEqual([]);
  });
});

describe('a certificate that expires within 14 days', () => {
  it.each<SiteName>(['primary', 'dr'])('on %s is told once', async site => {
    const played = await play({
      ...levlabs,
      scenario: scenario([], { outcome: 'none', main: 'primary', runs: 0 }, { watch: 300 }),
      withNight: ({ night }) => {
        const { store } = night.clusters[site];
        const now = night.clock.now();
        for (const secret of store.list(store.typeOf('v1', 'Secret'))) {
          if (secret.type !== 'kubernetes.io/tls') continue;
          const certificate = {
            names: ['main.levlabs.link', `${site}.levlabs.link`],
            validFrom: now - 86_400_000,
            validTo: now + 10 * 86_400_000,
            issuer: 'CN=Rehearsal CA',
            trusted: true,
          };
          const data = { ...(secret.data as object), 'tls.crt': encodeCertificate(certificate) };
          store.update({ ...secret, data } as KubeObject);
        }
      },
    });
    expect(played.told).toEqual(['guard-warns']);
    expect(played.text).toContain(`The certificate for main.levlabs.link on ${site} expires at 2026-04-08`);
  });
});

describe('the debt of a fence', () => {
  const back = (seconds: number) => at(seconds, { do: 'restore-region', site: 'primary' });
  const lost = at(90, { do: 'lose-region', site: 'primary' });

  function replicasOnPrimary({ night }: OpenNight): unknown[] {
    const { store } = night.clusters.primary;
    return store
      .list(store.typeOf('apps/v1', 'Deployment'), 'sample-app')
      .map(({ spec }) => (spec as { replicas?: number }).replicas);
  }

  it('is paid seconds after the site is back, and told', async () => {
    const played = await play({ ...levlabs, scenario: scenario([lost, back(600)]) });
    expect(played.told.filter(event => event === 'old-site-fenced')).toHaveLength(1);
    expect(/is back, fenced after (\d+) s/.exec(played.text)?.[1]).toMatch(/^\d$/);
    expect(replicasOnPrimary(played)).toEqual([0]);
    expect(new Set(played.main)).toEqual(new Set(['dr']));
  });

  it('is not paid at a site that main never left', async () => {
    const played = await play({
      ...levlabs,
      scenario: scenario(
        [
          at(60, { do: 'pods-never-ready', site: 'dr' }),
          lost,
          entering('Roll back', { do: 'restore-region', site: 'primary' }, 20),
        ],
        { outcome: 'rolled-back', main: 'primary' },
        { watch: 300 },
      ),
    });
    expect(played.told).toContain('rolled-back');
    expect(played.told).not.toContain('old-site-fenced');
    expect(replicasOnPrimary(played)).toEqual([2]);
  });

  it('that cannot be paid is told once, as long as it lasts', async () => {
    const rbac = (objects: KubeObject[], site: SiteName) =>
      site === 'primary' ? objects.filter(({ metadata }) => metadata.name !== 'lifeboat-guard') : objects;
    const played = await play({
      ...levlabs,
      rbac,
      scenario: scenario([lost, back(600)], {}, { watch: 300 }),
    });
    expect(played.told.filter(event => event === 'old-site-not-fenced')).toHaveLength(1);
    expect(played.text).toContain('primary (us-east-1) is back and NOT fenced');
    expect(replicasOnPrimary(played)).toEqual([2]);
  });
});
