import { join } from 'node:path';
import { loadConfig } from '../../lib/config';
import { readManifests } from '../../rehearsal/embedded/kubernetes/manifests';
import { rehearse } from '../../rehearsal/embedded/rehearse';
import { loadScenario } from '../../rehearsal/scenario';

const examples = join(__dirname, '..', '..', 'examples');

function example(name: string) {
  const folder = join(examples, name);
  const from = { primary: join(folder, 'primary'), dr: join(folder, 'dr') };
  return {
    config: loadConfig(join(folder, 'lifeboat.yaml')),
    manifests: { primary: readManifests(from.primary).manifests, dr: readManifests(from.dr).manifests },
    from,
    listener: () => undefined,
  };
}

const levlabs = example('levlabs');
const fiveApps = example('five-apps');

jest.setTimeout(60_000);

// CI plays every scenario by the command line; these are the ones that go furthest.
const FURTHEST = [
  'region-lost',
  'app-down',
  'failback',
  'run-cut',
  'restore-partially-failed',
  'double-trigger',
  'approval-timeout',
  'bad-input',
];

describe('scenarios on the sample app', () => {
  it.each(FURTHEST)('%s comes as its file says, and every invariant holds', async name => {
    const report = await rehearse({ ...levlabs, scenario: loadScenario(name) });
    expect(report.differences).toEqual([]);
    expect(report.invariants.filter(({ holds }) => !holds)).toEqual([]);
    expect(report.asExpected).toBe(true);
  });
});

describe('five apps, one of them a worker, some after others', () => {
  it.each(['restore-partially-failed', 'failback'])('%s comes as its file says', async name => {
    const report = await rehearse({ ...fiveApps, scenario: loadScenario(name) });
    expect(report.differences).toEqual([]);
    expect(report.invariants.filter(({ holds }) => !holds)).toEqual([]);
  });

  it('lets an app begin only when those it comes after have arrived', async () => {
    const { apps } = await rehearse({ ...fiveApps, scenario: loadScenario('region-lost') });
    const phase = (app: string, name: string) =>
      apps.find(each => each.name === app)?.phases.find(each => each.name === name);
    for (const { name, after } of fiveApps.config.apps) {
      for (const first of after) {
        const begun = Date.parse(phase(name, 'fence')?.startedAt ?? '');
        expect(begun).toBeGreaterThanOrEqual(Date.parse(phase(first, 'confirm')?.endedAt ?? ''));
      }
    }
  });
});

it('plays the same night twice alike', async () => {
  const [first, second] = await Promise.all(
    [1, 2].map(async () => ({
      ...(await rehearse({ ...levlabs, scenario: loadScenario('region-lost') })),
      wallSeconds: 0,
    })),
  );
  expect(second).toEqual(first);
});
