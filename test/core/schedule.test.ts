import { pauseChange, undoPause } from '../../core/schedule';
import { seeded } from './builders';

describe('a backup schedule', () => {
  const schedule = { metadata: { name: 'shop', namespace: 'velero' }, spec: { paused: false } };
  it('is paused with a mark of what it was, and only when it is not paused', () => {
    expect(pauseChange(schedule, true, 'a1')).toMatchObject([
      {
        kind: 'Schedule',
        namespace: 'velero',
        name: 'shop',
        patch: {
          spec: { paused: true },
          metadata: {
            annotations: { 'lifeboat.dev/paused-before': 'false', 'lifeboat.dev/changed-by': 'a1' },
          },
        },
      },
    ]);
    expect(pauseChange({ ...schedule, spec: { paused: true } }, true, 'a1')).toEqual([]);
    expect(pauseChange({ metadata: { name: 'shop' } }, false, 'a1')).toEqual([]);
  });
  it('runs again without making up what it missed, and keeps the first mark of an activation', () => {
    const annotations = { 'lifeboat.dev/paused-before': 'true', 'lifeboat.dev/changed-by': 'a1' };
    const paused = { metadata: { ...schedule.metadata, annotations }, spec: { paused: true } };
    expect(pauseChange(paused, false, 'a1')).toMatchObject([
      {
        patch: { spec: { paused: false, skipImmediately: true }, metadata: { annotations } },
        detail: 'Schedule velero/shop: runs again',
      },
    ]);
    expect(pauseChange(paused, false, 'a2')).toMatchObject([
      {
        patch: {
          metadata: {
            annotations: { 'lifeboat.dev/paused-before': 'true', 'lifeboat.dev/changed-by': 'a2' },
          },
        },
      },
    ]);
  });
  it('is put back only by the activation that changed it', () => {
    const annotations = { 'lifeboat.dev/paused-before': 'false', 'lifeboat.dev/changed-by': 'a1' };
    const changed = { metadata: { ...schedule.metadata, annotations }, spec: { paused: true } };
    expect(undoPause(changed, 'a1')).toMatchObject([{ patch: { spec: { paused: false } } }]);
    expect(undoPause(changed, 'a2')).toEqual([]);
    expect(undoPause(schedule, 'a1')).toEqual([]);
    expect(
      undoPause({ metadata: { name: 'x', annotations: { 'lifeboat.dev/changed-by': 'a1' } } }, 'a1'),
    ).toEqual([]);
  });
});

it('gives a schedule its former state back, however often it is paused and undone', () => {
  type Schedule = Parameters<typeof pauseChange>[0];
  const apply = (schedule: Schedule, changes: ReturnType<typeof pauseChange>): Schedule =>
    changes.reduce<Schedule>((now, { patch }) => {
      const { metadata, spec } = patch as {
        metadata: { annotations: Record<string, string | null> };
        spec: { paused: boolean };
      };
      const marks = Object.entries({ ...now.metadata.annotations, ...metadata.annotations });
      const kept = marks.filter((entry): entry is [string, string] => entry[1] !== null);
      return {
        metadata: { ...now.metadata, annotations: Object.fromEntries(kept) },
        spec: { paused: spec.paused },
      };
    }, schedule);
  const random = seeded(37);
  for (let round = 0; round < 300; round++) {
    const paused = random() < 0.5;
    let now: Schedule = { metadata: { name: 'shop', namespace: 'velero' }, spec: { paused } };
    for (let times = 0; times < 1 + random() * 4; times++)
      now = apply(now, pauseChange(now, random() < 0.5, 'a1'));
    for (let times = 0; times < 1 + random() * 2; times++) now = apply(now, undoPause(now, 'a1'));
    expect(now.spec?.paused).toBe(paused);
    expect(Object.keys(now.metadata.annotations ?? {})).toEqual([]);
  }
});
