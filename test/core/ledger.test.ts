import { beginPhase, endPhase, openPhase, waitInPhase } from '../../core/ledger';
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
