import { pauseChange, undoPause } from '../../core/schedule';

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
