import {
  arrived,
  causeText,
  concerned,
  ended,
  outageSeconds,
  outcomeOf,
  overall,
  stillAtRest,
  summaryOf,
} from '../../core/report';
import type { Outcome } from '../../core/run';
import { appRun, NOW, run } from './builders';

const end = (outcome: 'succeeded' | 'refused' | 'rolled-back' | 'needs-attention', changes = {}) =>
  appRun({ end: { at: NOW, outcome, reasons: ['Because.'], ...changes } });

describe('the outcome of a run', () => {
  it('is the worst of its apps', () => {
    expect(overall([end('succeeded')])).toBe('succeeded');
    expect(overall([end('succeeded'), end('refused')])).toBe('refused');
    expect(overall([end('refused'), end('rolled-back')])).toBe('rolled-back');
    expect(overall([end('rolled-back'), end('needs-attention')])).toBe('needs-attention');
    expect(overall([appRun()])).toBe('needs-attention');
    expect(overall([])).toBe('refused');
  });
  it('leaves apps out for which there was nothing to do, unless there was for none', () => {
    const idle = end('refused', { nothingToDo: true });
    expect(overall([end('succeeded'), idle])).toBe('succeeded');
    expect(overall([idle])).toBe('refused');
    expect(concerned([idle, end('succeeded')])).toHaveLength(1);
  });
  it('is summed up in a paragraph', () => {
    expect(summaryOf(run(), [end('succeeded'), end('refused', { nothingToDo: true })])).toBe(
      'Activation of dr: 1 succeeded, 1 without anything to do. shop: Because.',
    );
    const many = Array.from({ length: 5 }, () => end('rolled-back'));
    expect(summaryOf(run(), many)).toContain(
      '5 rolled-back. shop: Because. shop: Because. shop: Because. And 2 more.',
    );
    expect(summaryOf(run(), [appRun()])).toBe('Activation of dr: 1 needs-attention.');
  });
});

describe('the end of an app', () => {
  const failure = { Error: 'PodsNotReady', Cause: '{"errorMessage":"No pod."}' };
  it('that arrived says how long it took and how old its data are', () => {
    expect(arrived(run(), appRun(), NOW + 65_000).reasons).toEqual([
      'Runs on dr since 65 s after the start of the run.',
    ]);
    expect(arrived(run(), appRun({ backup: { name: 'b', takenAt: NOW } }), NOW).reasons[0]).toContain(
      'Its data are of 2026-03-29T03:00:00.000Z',
    );
  });
  it('before the flip is rolled back when all was undone', () => {
    expect(ended(run(), appRun(), failure, true, NOW)).toMatchObject({
      outcome: 'rolled-back',
      reasons: ['No pod.', expect.stringContaining('DNS was not touched')],
      next: 'npx lifeboat failover --app shop',
    });
  });
  it('before the flip needs somebody when not all was undone', () => {
    expect(ended(run(), appRun(), failure, false, NOW)).toMatchObject({
      outcome: 'needs-attention',
      next: 'npx lifeboat run run-1',
    });
  });
  it('before the flip needs somebody when it is not known whether main will move, and says what was left', () => {
    const detail = 'It is not known whether main will still move to dr. Nothing was undone.';
    const phases = { rollback: { startedAt: NOW, endedAt: NOW, outcome: 'failed' as const, detail } };
    const end = ended(run(), appRun({ mainUncertain: true, phases }), failure, false, NOW);
    expect(end).toMatchObject({ outcome: 'needs-attention', next: 'npx lifeboat status run-1' });
    expect(end.reasons).toEqual([expect.any(String), detail]);
  });

  it('after the flip needs somebody, whatever was undone', () => {
    expect(ended(run(), appRun({ flippedAt: NOW }), failure, true, NOW)).toMatchObject({
      outcome: 'needs-attention',
      reasons: ['main points to dr already, and nothing was undone: No pod.'],
    });
  });
  it('is refused when another run has the app', () => {
    expect(ended(run(), appRun(), { Error: 'LeaseLost', Cause: 'gone' }, undefined, NOW)).toMatchObject({
      outcome: 'refused',
      reasons: ['LeaseLost: gone'],
    });
  });
});

it.each([
  ['{"errorMessage":"No."}', 'No.'],
  ['{"other":1}', 'E: {"other":1}'],
  ['plain', 'E: plain'],
  ['', 'E'],
])('reads the cause %j', (Cause, text) => {
  expect(causeText({ Error: 'E', Cause })).toBe(text);
});

it.each<[Outcome[], Outcome]>([
  [[], 'refused'],
  [['succeeded', 'succeeded'], 'succeeded'],
  [['refused', 'succeeded'], 'refused'],
  [['rolled-back', 'refused', 'succeeded'], 'rolled-back'],
  [['succeeded', 'needs-attention', 'rolled-back'], 'needs-attention'],
])('makes of %j: %s, in any order', (outcomes, expected) => {
  expect(overall(outcomes.map(outcome => end(outcome)))).toBe(expected);
  expect(overall(outcomes.toReversed().map(outcome => end(outcome)))).toBe(expected);
});

it('takes an app without an end for one that needs somebody', () => {
  expect(outcomeOf(appRun())).toBe('needs-attention');
  expect(overall([end('succeeded'), appRun()])).toBe('needs-attention');
  expect(concerned([])).toEqual([]);
});

describe('the summary', () => {
  it('counts from best to worst, and gives the reasons of the worst', () => {
    const apps = [
      end('rolled-back', { reasons: ['No pod.', 'DNS was not touched.'] }),
      { ...end('succeeded'), app: 'wiki' },
      { ...end('rolled-back', { reasons: ['No data.'] }), app: 'mailer' },
    ];
    expect(summaryOf(run(), apps)).toBe(
      'Activation of dr: 1 succeeded, 2 rolled-back. shop: No pod. DNS was not touched. mailer: No data.',
    );
  });
  it('gives three reasons and counts those beyond', () => {
    const three = Array.from({ length: 3 }, () => end('refused'));
    expect(summaryOf(run(), three)).not.toContain('more');
    expect(summaryOf(run(), [...three, end('refused')])).toContain('And 1 more.');
  });
});

describe('what an app is told at its end', () => {
  const failure = { Error: 'RestoreFailed', Cause: '{"errorMessage":"Restore r is Failed."}' };
  it('after the flip: that nothing was undone, and the command that goes on', () => {
    expect(ended(run({ activate: 'primary' }), appRun({ flippedAt: 0 }), failure, undefined, NOW)).toEqual({
      at: NOW,
      failure,
      outcome: 'needs-attention',
      reasons: ['main points to primary already, and nothing was undone: Restore r is Failed.'],
      next: 'npx lifeboat failback --app shop',
    });
  });
  it('before the flip: that all is as before', () => {
    expect(ended(run(), appRun(), failure, true, NOW)).toEqual({
      at: NOW,
      failure,
      outcome: 'rolled-back',
      reasons: ['Restore r is Failed.', 'DNS was not touched, and what this run had scaled is as before.'],
      next: 'npx lifeboat failover --app shop',
    });
  });
  it.each([false, undefined])('when not everything was undone (%s): where to look', undone => {
    expect(ended(run(), appRun(), failure, undone, NOW).reasons[1]).toBe(
      'DNS was not touched, but not everything could be undone: look at the workloads of shop on dr and primary.',
    );
  });
  it('when another run took the lease: to look at that one', () => {
    const lost = { Error: 'LeaseLost', Cause: '{"errorMessage":"run-2 has shop."}' };
    expect(ended(run(), appRun(), lost, true, NOW)).toEqual({
      at: NOW,
      failure: lost,
      outcome: 'refused',
      reasons: ['run-2 has shop.'],
      next: 'npx lifeboat status',
    });
  });
  it('when it arrived: nothing to type', () => {
    expect(
      arrived(run(), appRun({ backup: { name: 'b', takenAt: NOW - 1000 } }), NOW + 130_000),
    ).toMatchObject({
      at: NOW + 130_000,
      outcome: 'succeeded',
    });
    expect(arrived(run(), appRun(), NOW)).not.toHaveProperty('next');
    expect(arrived(run(), appRun({ backup: { name: 'b', takenAt: NOW } }), NOW).reasons[0]).toContain(
      'what was written later is not here',
    );
  });
});

describe('what an app is told at the end of a switchover', () => {
  const planned = run({ mode: 'switchover', startedBy: 'person' });
  const record = appRun({
    backup: { name: 'b', takenAt: NOW + 10_000 },
    phases: { fence: { startedAt: NOW + 5_000, detail: '' } },
  });
  const failure = { Error: 'BackupFailed', Cause: '{"errorMessage":"Backup b is Failed."}' };

  it('that arrived: that no write is missing, and how long customers waited', () => {
    expect(arrived(planned, { ...record, flippedAt: NOW + 95_000 }, NOW + 100_000).reasons).toEqual([
      'Runs on dr since 100 s after the start of the run. Its data are those of primary at rest, backed up at ' +
        '2026-03-29T03:00:10.000Z: no write is missing. It was out of service for 90 s, from its rest until main was changed.',
    ]);
  });

  it('that failed: that the old site is back, and after how long', () => {
    expect(ended(planned, record, failure, true, NOW + 65_000)).toMatchObject({
      outcome: 'rolled-back',
      reasons: [
        'Backup b is Failed.',
        'DNS was not touched, and primary was brought back after 60 s: replicas, CronJobs and Schedule are as before.',
      ],
      next: 'npx lifeboat switchover dr --app shop',
    });
  });

  it('that failed before anything was put to rest: nothing of the old site', () => {
    expect(ended(planned, appRun(), failure, true, NOW).reasons[1]).not.toContain('primary');
  });

  it('that could not bring the old site back: that customers are sent to it', () => {
    expect(ended(planned, record, failure, false, NOW).reasons).toContain(
      'primary may be at rest, and main still points to it.',
    );
    expect(stillAtRest(planned, { ...record, flippedAt: NOW })).toEqual([]);
    expect(stillAtRest(planned, appRun())).toEqual([]);
    expect(stillAtRest(run(), record)).toEqual([]);
  });

  it('knows no outage of a failover, which has its own beginning', () => {
    expect(outageSeconds({ ...record, flippedAt: NOW + 6_000 }, run())).toBeUndefined();
    expect(outageSeconds(record, planned)).toBeUndefined();
  });
});

it.each(['[]', '7', '"text"', '{"errorMessage":7}'])(
  'keeps a cause that is JSON and no error of a Lambda: %s',
  Cause => {
    expect(causeText({ Error: 'E', Cause })).toBe(`E: ${Cause}`);
  },
);
