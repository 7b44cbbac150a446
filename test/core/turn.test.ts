import type { Answer, Outcome } from '../../core/run';
import { NOBODY, turn } from '../../core/turn';
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
      { needsApproval: true, answer: { approved: false, by: NOBODY } },
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
    expect(decide({ needsApproval: true, answer: { approved: false, by: NOBODY } }, 'proceed').word).toBe(
      'go',
    );
  });
});

describe('several apps that come first', () => {
  const decide = (outcomes: (Outcome | undefined)[], needsApproval = false, answer?: Answer) =>
    turn(
      app({ name: 'web' }),
      {
        first: outcomes.map((outcome, index) => ({ app: `app-${index}`, ...(outcome ? { outcome } : {}) })),
        needsApproval,
        ...(answer ? { answer } : {}),
      },
      'proceed',
    );
  it('are all waited for, and named', () => {
    expect(decide([undefined, 'succeeded', undefined])).toEqual({
      word: 'wait',
      detail: 'Waits for app-0, app-2 to arrive first.',
    });
    expect(decide(['succeeded', 'succeeded']).word).toBe('go');
  });
  it.each<Outcome>(['refused', 'rolled-back', 'needs-attention'])(
    'stop it when one is %s, though others are on the way and a person agreed',
    outcome => {
      expect(decide([undefined, outcome], true, { approved: true, by: 'ada' })).toEqual({
        word: 'never',
        detail: `app-1, which web comes after, ended as ${outcome}.`,
      });
    },
  );
});

it('asks nobody where no approval is wanted, whatever the answer to others was', () => {
  const facts = { first: [], needsApproval: false, answer: { approved: false, by: 'ada' } };
  expect(turn(app(), facts, 'refuse')).toEqual({ word: 'go', detail: 'Nothing to wait for.' });
});

it('goes on without an answer only where the configuration says so, and says that', () => {
  const facts = { first: [], needsApproval: true, answer: { approved: false, by: NOBODY } };
  expect(turn(app(), facts, 'proceed')).toEqual({
    word: 'go',
    detail: 'Nobody answered in time, and the configuration says to proceed then.',
  });
  expect(turn(app(), { first: [], needsApproval: true }, 'proceed').word).toBe('wait');
});
