import { beginPhase, endPhase, NEW_APP_RUN, openPhase, waitInPhase } from '../../core/ledger';
import { appRun, NOW } from './builders';

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

describe('the phases of a record', () => {
  it('are changed in a copy, and the others are kept', () => {
    const before = endPhase(appRun(), 'fence', 'done', 'Fenced.', NOW);
    const frozen = structuredClone(before);
    const after = waitInPhase(beginPhase(before, 'scale', NOW + 1), 'scale', 'pods', NOW + 2);
    expect(before).toEqual(frozen);
    expect(after.phases).toEqual({
      fence: { startedAt: NOW, endedAt: NOW, outcome: 'done', detail: 'Fenced.' },
      scale: { startedAt: NOW + 1, detail: 'pods' },
    });
    expect(after.app).toBe('shop');
  });
  it('are none in a new record', () => {
    expect(openPhase(appRun())).toBeUndefined();
    expect(NEW_APP_RUN).toEqual({ needsApproval: false, samples: [], phases: {}, notes: [] });
  });
  it('show where a run was cut: the one that was begun and not ended', () => {
    const record = beginPhase(endPhase(appRun(), 'fence', 'done', '', NOW), 'restore', NOW);
    expect(openPhase(record)).toBe('restore');
    expect(openPhase(endPhase(record, 'restore', 'failed', '', NOW))).toBeUndefined();
  });
  it('that ended stay ended when they are begun again', () => {
    const done = endPhase(appRun(), 'flip', 'done', 'Done.', NOW);
    expect(beginPhase(done, 'flip', NOW + 1)).toBe(done);
  });
});
