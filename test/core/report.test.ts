import { arrived, causeText, concerned, ended, overall, summaryOf } from '../../core/report';
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
