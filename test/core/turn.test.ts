import { turn } from '../../core/turn';
import { app } from './builders';

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
