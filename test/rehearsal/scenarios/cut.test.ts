import type { Night } from '../../../rehearsal/embedded/cloud/night';
import { rehearse } from '../../../rehearsal/embedded/rehearse';
import { at, entering, example, scenario } from '../cloud/examples';
import { type Played, play } from '../cloud/play';

jest.setTimeout(300_000);

const levlabs = example('levlabs');

/** Where a run that nothing stops goes through, in order, until its report is written. */
const BEFORE_ANYTHING_IS_TOUCHED = [
  ...['Begin', 'Admit', 'Admitted?', 'Assess', 'Assessed?', 'Wait for the next sample', 'Anyone to move?'],
  ...['Preflight', 'Remember who goes', 'Ready to move?', 'Tell on-call', 'Move', 'Move the apps'],
  ...['Approval wanted?', 'No approval wanted', 'Begin with the app', 'Await turn'],
];
const IN_THE_MIDDLE = [
  // The cut takes effect a moment after the state: here Fence has begun already.
  ...[
    'Its turn?',
    'Fence',
    'At rest?',
    'Back up',
    'Backed up?',
    'Restore',
    'Restored?',
    'Wait for the data',
    'Scale',
    'Ready?',
    'Wait for the pods',
  ],
  ...['Verify', 'Verified?', 'Flip', 'Flipped?', 'Wait for Route 53', 'Confirm'],
];
const AT_THE_END = ['Confirmed?', 'Close', 'Report'];
/** The run is over here: nothing is left that could be cut. */
const OVER = ['How did it end?', 'Done'];

const region = at(30, { do: 'lose-region', site: 'primary' });
const alarm = { activate: 'dr', startedBy: 'alarm', reason: 'the alarm' };
const first = at(35, { do: 'start', site: 'dr', input: alarm });

/** The region is lost, the run is stopped as it enters the state, and somebody starts another one 20 s later. */
function cutAt(state: string): Promise<Played> {
  const again = { activate: 'dr', reason: 'go on' };
  return play({
    ...levlabs,
    scenario: scenario([
      region,
      first,
      entering(state, { do: 'abort', site: 'dr' }),
      entering(state, { do: 'start', site: 'dr', input: again }, 20),
    ]),
  });
}

/** What on-call was told of how the runs ended. */
function ends({ told }: Played): string[] {
  return told.filter(event => event !== 'start' && event !== 'not-ready');
}

it('cuts at every state that a run which nothing stops goes through', async () => {
  const report = await rehearse({ ...levlabs, scenario: scenario([region, first]) });
  expect(report.outcome).toBe('succeeded');
  const cut = [...BEFORE_ANYTHING_IS_TOUCHED, ...IN_THE_MIDDLE, ...AT_THE_END];
  expect([...cut, ...OVER].sort()).toEqual([...new Set(report.states)].sort());
});

describe.each([
  ['before anything is touched', BEFORE_ANYTHING_IS_TOUCHED, ['refused', 'succeeded']],
  ['in the middle', IN_THE_MIDDLE, ['needs-attention', 'succeeded']],
  // Its app has arrived: on-call hears so, and the second run that there is nothing to do.
  ['at the end', AT_THE_END, ['succeeded', 'refused']],
])('a run that is cut %s and started again', (_when, states, expected) => {
  it.each(states)('at "%s" reaches the same end with one restore and one change of main', async state => {
    const played = await cutAt(state);
    const [cut, second] = played.runs;
    expect([cut?.status, cut?.outcome]).toMatchObject(['ABORTED', { cause: 'stopped by hand' }]);
    expect(second?.status).toBe('SUCCEEDED');
    expect(ends(played)).toEqual(expected);
    expect(new Set(played.main)).toEqual(new Set(['dr']));
    expect(played.restores.created).toHaveLength(1);
    expect(played.swaps).toBe(1);
    expect(played.broken()).toEqual([]);
  });
});

describe('a switchover that is cut and asked for again', () => {
  const asked = { activate: 'dr', mode: 'switchover' };
  // The alarm of the standby at rest, which goes on with the night, has had its answer by then.
  const begins = at(330, { do: 'start', site: 'dr', input: asked });

  it.each([
    ...['Fence', 'At rest?', 'Wait for rest', 'Back up', 'Backed up?', 'Wait for the backup', 'Restore'],
    ...['Wait for the data', 'Scale', 'Wait for the pods', 'Verify', 'Flip', 'Wait for Route 53', 'Confirm'],
  ])(
    'at "%s" reaches the same end: one backup, one restore, one change of main, and no write lost',
    async state => {
      const played = await play({
        ...levlabs,
        scenario: scenario([
          begins,
          entering(state, { do: 'abort', site: 'dr' }),
          entering(state, { do: 'start', site: 'dr', input: asked }, 20),
        ]),
      });
      // The guard finds the site at rest down, and is refused.
      expect(ends(played).filter(end => end !== 'refused')).toEqual(['needs-attention', 'succeeded']);
      expect(played.text).toContain('npx lifeboat switchover dr --app sample-app');
      expect(new Set(played.main)).toEqual(new Set(['dr']));
      const made = played.night.bucket.list().filter(name => name.startsWith('lifeboat-'));
      expect(made).toHaveLength(1);
      expect(played.restores.created).toHaveLength(1);
      expect(played.swaps).toBe(1);
      expect(played.broken()).toEqual([]);
    },
  );
});

it('a switchover that was cut does not take an old backup for the last one, when the site was at work again', async () => {
  const asked = { activate: 'dr', mode: 'switchover' };
  const played = await play({
    ...levlabs,
    scenario: scenario([
      at(330, { do: 'start', site: 'dr', input: asked }),
      entering('Restore', { do: 'abort', site: 'dr' }),
      entering('Restore', { do: 'start', site: 'dr', input: asked }, 60),
      // The one after that begins anew.
      entering('Roll back', { do: 'start', site: 'dr', input: asked }, 60),
    ]),
    withNight: ({ night }) => {
      let once = true;
      night.observers.push({
        onState: (_site, { details }) => {
          if (details.name !== 'Restore' || !once) return;
          once = false;
          night.clock.after(30_000, () => workAgain(night));
        },
      });
    },
  });
  expect(ends(played)).toEqual(['needs-attention', 'rolled-back', 'succeeded']);
  expect(played.text).toContain('was at work on primary again after it had been put to rest');
  expect(new Set(played.main)).toEqual(new Set(['dr']));
  expect(played.night.bucket.list().filter(name => name.startsWith('lifeboat-'))).toHaveLength(2);
  // Two activations, and a restore each: the second one brings what the first could not have.
  expect(played.broken()).toEqual([expect.stringMatching(/^I6: 2 restores/)]);
});

describe('a drill that is cut', () => {
  const asked = { activate: 'dr', mode: 'drill' };
  const begins = at(330, { do: 'start', site: 'dr', input: asked });

  it.each(['Drill', 'Wait for the drill', 'Clean up', 'Wait until it is clean'])(
    'at "%s" leaves nothing behind after the look in peace',
    async state => {
      const played = await play({
        ...levlabs,
        scenario: scenario([begins, entering(state, { do: 'abort', site: 'dr' })], {}, { watch: 660 }),
      });
      expect(ends(played)).toEqual(['needs-attention']);
      expect(played.swaps).toBe(0);
      expect(played.broken()).toEqual([]);
    },
  );

  it('is cleared away by the next drill', async () => {
    const played = await play({
      ...levlabs,
      scenario: scenario([
        begins,
        entering('Wait for the drill', { do: 'abort', site: 'dr' }, 12),
        entering('Wait for the drill', { do: 'start', site: 'dr', input: asked }, 20),
      ]),
    });
    expect(ends(played)).toEqual(['needs-attention', 'succeeded']);
    expect(played.broken()).toEqual([]);
  });
});

it('two drills of one app do not meet: the second is told of the first', async () => {
  const asked = { activate: 'dr', mode: 'drill' };
  const played = await play({
    ...levlabs,
    scenario: scenario([
      at(330, { do: 'start', site: 'dr', input: asked }),
      at(335, { do: 'start', site: 'dr', input: asked }),
    ]),
  });
  expect(ends(played)).toEqual(['refused', 'succeeded']);
  expect(played.text).toContain('is already');
  expect(played.broken()).toEqual([]);
});

/** Somebody does not wait for the next run, and brings the app back by hand. */
function workAgain(night: Night): void {
  const { store } = night.clusters.primary;
  const [deployment] = store.list(store.typeOf('apps/v1', 'Deployment'), 'sample-app');
  if (!deployment || (deployment.spec as { replicas?: number }).replicas !== 0) return;
  store.update({ ...deployment, spec: { ...(deployment.spec as object), replicas: 2 } });
}
