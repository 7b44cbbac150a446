import {
  type AdmissionFacts,
  admit,
  holds,
  type Lease,
  opened,
  type RefusalCause,
  staysQuiet,
} from '../../core/admission';
import { app, NOW, run, worker } from './builders';

const lease: Lease = { runId: 'run-0', executionArn: 'arn', activate: 'dr', token: 7, expiresAt: NOW + 1 };
const decide = (facts: AdmissionFacts, changes = {}, starter = {}) =>
  admit(app(changes), run(starter), facts, NOW);
const cause = (facts: AdmissionFacts, changes = {}, starter = {}) => {
  const decision = decide(facts, changes, starter);
  return decision.admitted ? 'admitted' : decision.cause;
};

describe('an automatic run', () => {
  it('is admitted when nothing speaks against it', () => {
    expect(decide({})).toEqual({ admitted: true, resume: false, notes: [] });
  });

  it.each<[string, AdmissionFacts, object, RefusalCause, string]>([
    [
      'everything is paused',
      { pause: { by: 'ada', reason: 'work', at: NOW } },
      {},
      'paused',
      'npx lifeboat resume',
    ],
    [
      'another run is at work',
      { lease, holder: 'running' },
      {},
      'already-running',
      'npx lifeboat status run-0',
    ],
    [
      'nobody can say whether the other run is at work',
      { lease, holder: 'unknown' },
      {},
      'already-running',
      'npx lifeboat status run-0',
    ],
    [
      'only people move the app',
      {},
      { trigger: 'manual' },
      'manual-only',
      'npx lifeboat activate dr --app shop',
    ],
    ['main is there already', { mainAt: 'dr' }, {}, 'already-there', 'npx lifeboat status'],
    [
      'the app was moved a moment ago',
      {
        activation: {
          id: '1',
          activate: 'dr',
          openedAt: 0,
          closedAt: NOW - 1_799_000,
          outcome: 'rolled-back',
        },
      },
      {},
      'cool-down',
      'npx lifeboat activate dr --app shop',
    ],
  ])('is refused when %s, and told what lifts it', (_name, facts, changes, expected, next) => {
    expect(decide(facts, changes)).toMatchObject({ admitted: false, cause: expected, next });
  });

  it.each<[string, AdmissionFacts]>([
    ['its own lease', { lease: { ...lease, runId: 'run-1' }, holder: 'running' }],
    ['a lease whose run has ended', { lease, holder: 'ended' }],
    ['a lease that expired', { lease: { ...lease, expiresAt: NOW }, holder: 'running' }],
    ['main at the other site', { mainAt: 'primary' }],
    [
      'a cool-down that is over to the second',
      { activation: { id: '1', activate: 'dr', openedAt: 0, closedAt: NOW - 1_800_000 } },
    ],
    [
      'a journey that was refused',
      { activation: { id: '1', activate: 'dr', openedAt: 0, closedAt: NOW, outcome: 'refused' } },
    ],
  ])('is admitted in spite of %s', (_name, facts) => {
    expect(cause(facts)).toBe('admitted');
  });
});

describe('a person', () => {
  it('moves what an automatic run may not', () => {
    const person = { startedBy: 'person' };
    expect(cause({}, { trigger: 'manual' }, person)).toBe('admitted');
    const activation = { id: '1', activate: 'dr' as const, openedAt: 0, closedAt: NOW };
    expect(cause({ activation }, {}, person)).toBe('admitted');
  });

  it('does not move while another run is at work, or paused', () => {
    expect(cause({ lease, holder: 'running' }, {}, { startedBy: 'person' })).toBe('already-running');
    expect(cause({ pause: { by: 'ada', reason: 'work', at: NOW } }, {}, { startedBy: 'person' })).toBe(
      'paused',
    );
  });
});

describe('a worker', () => {
  const arrived = {
    id: '1',
    activate: 'dr' as const,
    openedAt: 0,
    closedAt: 1,
    outcome: 'succeeded' as const,
  };
  it('is where its last journey ended', () => {
    expect(admit(worker(), run(), { activation: arrived }, NOW)).toMatchObject({ cause: 'already-there' });
    expect(admit(worker(), run({ activate: 'primary' }), { activation: arrived }, NOW).admitted).toBe(true);
    expect(admit(worker(), run({ startedBy: 'person' }), { activation: arrived }, NOW).admitted).toBe(true);
    expect(admit(worker(), run(), { activation: { ...arrived, outcome: 'rolled-back' } }, NOW).admitted).toBe(
      true,
    );
  });
});

describe('an activation that was cut', () => {
  const open = { id: '20260329', activate: 'dr' as const, openedAt: 0 };
  it('is gone on with, even when main has moved', () => {
    expect(decide({ activation: open, mainAt: 'dr' })).toEqual({
      admitted: true,
      resume: true,
      notes: ['Goes on with activation 20260329, which was cut.'],
    });
    expect(opened(open, run(), NOW)).toBe(open);
  });

  it('is not gone on with to the other site, nor when it has ended', () => {
    expect(opened(open, run({ activate: 'primary' }), NOW).id).toBe('20260329030000');
    expect(opened({ ...open, closedAt: 1 }, run(), NOW)).toEqual({
      id: '20260329030000',
      activate: 'dr',
      openedAt: NOW,
    });
    expect(opened(undefined, run(), NOW).id).toBe('20260329030000');
  });
});

it('takes a lease for held until it expires or its run is known to have ended', () => {
  expect(holds(lease, 'running', NOW)).toBe(true);
  expect(holds(lease, undefined, NOW)).toBe(true);
  expect(holds(lease, 'running', NOW + 1)).toBe(false);
  expect(holds(lease, 'ended', NOW)).toBe(false);
});

describe('a start that got no app', () => {
  it('always answers a person', () => {
    expect(staysQuiet({ startedBy: 'person' }, ['already-there'], NOW, NOW)).toBe(false);
  });
  it('keeps an alarm quiet that asks for what is there or under way', () => {
    expect(staysQuiet({ startedBy: 'alarm' }, ['already-there', 'already-running'], undefined, NOW)).toBe(
      true,
    );
    expect(staysQuiet({ startedBy: 'alarm' }, [], undefined, NOW)).toBe(false);
  });
  it('tells one refusal of alarms in ten minutes', () => {
    expect(staysQuiet({ startedBy: 'alarm' }, ['paused'], undefined, NOW)).toBe(false);
    expect(staysQuiet({ startedBy: 'alarm' }, ['paused'], NOW - 599_999, NOW)).toBe(true);
    expect(staysQuiet({ startedBy: 'alarm' }, ['paused'], NOW - 600_000, NOW)).toBe(false);
  });
});
