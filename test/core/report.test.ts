import * as errors from '../../core/errors';
import {
  AFTER_FLIP,
  AwsUnavailable,
  BEFORE_FLIP,
  FlipNotSettled,
  LifeboatError,
  NotConfirmed,
  RETRYABLE,
  Throttled,
} from '../../core/errors';
import { beginPhase, endPhase, openPhase, waitInPhase } from '../../core/ledger';
import { arrived, causeText, concerned, ended, overall, summaryOf } from '../../core/report';
import { otherSite } from '../../core/run';
import { turn } from '../../core/turn';
import { app, appRun, NOW, run } from './builders';

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
      next: 'npx lifeboat activate dr --app shop',
    });
  });
  it('before the flip needs somebody when not all was undone', () => {
    expect(ended(run(), appRun(), failure, false, NOW)).toMatchObject({
      outcome: 'needs-attention',
      next: 'npx lifeboat status run-1',
    });
  });
  it('after the flip needs somebody, whatever was undone', () => {
    expect(ended(run(), appRun({ flippedAt: NOW }), failure, true, NOW)).toMatchObject({
      outcome: 'needs-attention',
      reasons: ['main points to dr already, and nothing was undone: No pod.'],
    });
  });
  it('is refused when another run has the app', () => {
    expect(
      ended(run(), appRun({ flippedAt: NOW }), { Error: 'LeaseLost', Cause: 'gone' }, undefined, NOW),
    ).toMatchObject({ outcome: 'refused', reasons: ['LeaseLost: gone'] });
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

describe('a phase in the ledger', () => {
  it('begins once, waits, ends', () => {
    const begun = beginPhase(appRun(), 'scale', NOW);
    expect(beginPhase(begun, 'scale', NOW + 5)).toBe(begun);
    const waits = waitInPhase(begun, 'scale', 'pods', NOW + 5);
    expect(waits.phases.scale).toEqual({ startedAt: NOW, detail: 'pods' });
    expect(openPhase(waits)).toBe('scale');
    const done = endPhase(waits, 'scale', 'done', 'Ready.', NOW + 9);
    expect(done.phases.scale).toEqual({
      startedAt: NOW,
      endedAt: NOW + 9,
      outcome: 'done',
      detail: 'Ready.',
    });
    expect(openPhase(done)).toBeUndefined();
  });
  it('may be waited in or ended without having begun', () => {
    expect(waitInPhase(appRun(), 'flip', 'x', NOW).phases.flip?.startedAt).toBe(NOW);
    expect(endPhase(appRun(), 'flip', 'failed', 'x', NOW).phases.flip?.startedAt).toBe(NOW);
  });
});

describe('the turn of an app', () => {
  const decide = (facts: Partial<Parameters<typeof turn>[1]>, policy: 'refuse' | 'proceed' = 'refuse') =>
    turn(app({ name: 'web' }), { first: [], needsApproval: false, ...facts }, policy);
  it.each<[string, Partial<Parameters<typeof turn>[1]>, string, string]>([
    ['nothing to wait for', {}, 'go', 'Nothing to wait for.'],
    ['one before it on the way', { first: [{ app: 'db' }] }, 'wait', 'Waits for db to arrive first.'],
    ['one before it there', { first: [{ app: 'db', outcome: 'succeeded' }] }, 'go', 'Nothing to wait for.'],
    [
      'one before it failed',
      { first: [{ app: 'db', outcome: 'rolled-back' }] },
      'never',
      'db, which web comes after, ended as rolled-back.',
    ],
    ['no answer yet', { needsApproval: true }, 'wait', "Waits for a person's approval."],
    ['a yes', { needsApproval: true, answer: { approved: true, by: 'ada' } }, 'go', 'Approved by ada.'],
    ['a no', { needsApproval: true, answer: { approved: false, by: 'ada' } }, 'never', 'Denied by ada.'],
    [
      'nobody',
      { needsApproval: true, answer: { approved: false, by: 'nobody' } },
      'never',
      'Nobody answered in time, and the configuration says to refuse then.',
    ],
    [
      'a no, and one on the way',
      { first: [{ app: 'db' }], needsApproval: true, answer: { approved: false, by: 'ada' } },
      'never',
      'Denied by ada.',
    ],
    [
      'a yes, and one on the way',
      { first: [{ app: 'db' }], needsApproval: true, answer: { approved: true, by: 'ada' } },
      'wait',
      'Waits for db to arrive first.',
    ],
  ])('%s: %s', (_name, facts, word, detail) => {
    expect(decide(facts)).toEqual({ word, detail });
  });
  it('comes without an answer where the configuration says to proceed', () => {
    expect(decide({ needsApproval: true, answer: { approved: false, by: 'nobody' } }, 'proceed').word).toBe(
      'go',
    );
  });
});

describe('errors', () => {
  it('have names that are written out, for a minifier renames classes', () => {
    const classes = Object.entries(errors).filter(
      ([, value]) => typeof value === 'function' && value !== LifeboatError,
    );
    expect(classes.length).toBeGreaterThan(15);
    for (const [name, value] of classes) {
      const error = new (value as new (message: string) => Error)('what');
      expect([error.name, error.message, error instanceof LifeboatError]).toEqual([name, 'what', true]);
    }
  });
  it('are each matched somewhere by the workflow', () => {
    expect(RETRYABLE).toEqual(['Throttled', 'AwsUnavailable', 'ClusterUnreachable', 'WriteConflict']);
    expect(AFTER_FLIP).toEqual([new FlipNotSettled('').name, new NotConfirmed('').name]);
    const lists = [...RETRYABLE, ...BEFORE_FLIP, ...AFTER_FLIP, 'BadRequest', 'LeaseLost'];
    const names = Object.keys(errors).filter(
      name => !['LifeboatError', 'RETRYABLE', 'BEFORE_FLIP', 'AFTER_FLIP'].includes(name),
    );
    expect(names.filter(name => !lists.includes(name))).toEqual([]);
    expect(new Throttled('').name).toBe('Throttled');
    expect(new AwsUnavailable('').name).toBe('AwsUnavailable');
  });
});

it('knows the other site', () => {
  expect([otherSite('dr'), otherSite('primary')]).toEqual(['primary', 'dr']);
});
