import type { SiteName } from '../../../core/config';
import { at, example, type Happening, scenario, withSwitch } from './examples';
import { type OpenNight, type Played, play } from './play';

jest.setTimeout(120_000);

const levlabs = withSwitch(example('levlabs'), 'standby-switch');
const MAIN = 'main.levlabs.link';

/** The objects in the bucket of a site's Region. */
function objects({ night }: OpenNight, site: SiteName): string[] {
  return night.s3[site].bucketNames().flatMap(bucket => night.s3[site].keys(bucket));
}

function nightOf(night: Happening[], active: SiteName, watch: number): Promise<Played> {
  const expect = { main: active === 'dr' ? ('primary' as const) : ('dr' as const) };
  return play({ ...levlabs, scenario: scenario(night, expect, { given: { active, needs: [] }, watch }) });
}

function by(site: SiteName, reason: string) {
  return { do: 'start' as const, site, input: { activate: site, reason } };
}

it('after a failover primary copies what dr has written, as soon as it is back', async () => {
  const played = await nightOf(
    [
      at(30, { do: 'lose-region', site: 'primary' }),
      at(40, by('dr', 'the website is down')),
      at(600, { do: 'restore-region', site: 'primary' }),
    ],
    'primary',
    900,
  );
  expect(new Set(played.main)).toEqual(new Set(['dr']));
  expect(objects(played, 'dr')).toEqual([`${MAIN}/at-dr`]);
  expect(objects(played, 'primary')).toEqual([`${MAIN}/at-dr`]);
  expect(played.broken()).toEqual([]);
});

it('after a failback no object is left', async () => {
  const played = await nightOf([at(30, by('primary', 'home again'))], 'dr', 300);
  expect(new Set(played.main)).toEqual(new Set(['primary']));
  expect([...objects(played, 'dr'), ...objects(played, 'primary')]).toEqual([]);
});

it('after a failback without dr both buckets are put in order when dr is back, and main stays', async () => {
  const played = await nightOf(
    [
      at(30, { do: 'lose-region', site: 'dr' }),
      at(40, by('primary', 'dr is gone')),
      at(900, { do: 'restore-region', site: 'dr' }),
    ],
    'dr',
    1200,
  );
  expect(new Set(played.main)).toEqual(new Set(['primary']));
  expect([...objects(played, 'dr'), ...objects(played, 'primary')]).toEqual([]);
  expect(played.broken()).toEqual([]);
});

it('main stays at a dr that is lost while it serves: nobody but a run takes it away', async () => {
  const manual = levlabs.config.apps.map(app => ({ ...app, trigger: 'manual' as const }));
  const played = await play({
    ...levlabs,
    config: { ...levlabs.config, apps: manual },
    scenario: scenario(
      [at(30, { do: 'lose-region', site: 'dr' })],
      { runs: 0 },
      {
        given: { active: 'dr', needs: [] },
        watch: 600,
      },
    ),
  });
  expect(new Set(played.main)).toEqual(new Set(['dr']));
  expect(played.broken()).toEqual([]);
});

it('no call of any step goes to Route 53, in either direction', async () => {
  for (const active of ['primary', 'dr'] as const) {
    const to = active === 'dr' ? 'primary' : 'dr';
    const { night } = await nightOf([at(30, by(to, 'moving'))], active, 120);
    expect(night.mainAt(night.config.apps[0] ?? never())).toContain(to);
    expect(night.calls.calls.filter(({ service }) => service === 'route53')).toEqual([]);
  }
});

function never(): never {
  throw new Error('the example has an app');
}
