import {
  type AdmissionFacts,
  admit,
  holds,
  inForce,
  type Lease,
  opened,
  type RefusalCause,
  staysQuiet,
} from '../../core/admission';
import { app, NOW, pick, run, seeded, worker } from './builders';

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
    ['another run is at work', { lease, holder: 'running' }, {}, 'already-running', 'npx lifeboat run run-0'],
    [
      'nobody can say whether the other run is at work',
      { lease, holder: 'unknown' },
      {},
      'already-running',
      'npx lifeboat run run-0',
    ],
    [
      'only people move the app',
      {},
      { trigger: 'manual' },
      'manual-only',
      'npx lifeboat failover --app shop',
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
      'npx lifeboat failover --app shop',
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

describe('a switchover that was cut', () => {
  const cut = { id: '1', activate: 'dr' as const, mode: 'switchover' as const, openedAt: NOW - 60_000 };

  it('is not run over by an older backup that nobody asked for', () => {
    expect(decide({ activation: cut, mainAt: 'primary' })).toMatchObject({
      admitted: false,
      cause: 'switchover-cut',
      reason: expect.stringContaining('If primary is lost, fail over: npx lifeboat failover --app'),
      next: expect.stringContaining('npx lifeboat switchover dr --app'),
    });
  });

  it('is gone on with by a person, and keeps nobody away for longer than that is possible', () => {
    expect(cause({ activation: cut }, {}, { startedBy: 'person' })).toBe('admitted');
    expect(cause({ activation: cut }, {}, { startedBy: 'person', mode: 'switchover' })).toBe('admitted');
    expect(cause({ activation: { ...cut, openedAt: NOW - 7_200_001 } })).toBe('admitted');
    expect(cause({ activation: { id: '1', activate: 'dr', openedAt: NOW - 60_000 } })).toBe('admitted');
    expect(cause({ activation: cut }, {}, { activate: 'primary' })).toBe('admitted');
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
  const open = { id: '20260329', activate: 'dr' as const, openedAt: NOW - 7_200_000 };
  it('is gone on with, even when main has moved', () => {
    expect(decide({ activation: open, mainAt: 'dr' })).toEqual({
      admitted: true,
      resume: true,
      notes: ['Goes on with activation 20260329, which was cut.'],
    });
    expect(opened(open, run(), NOW)).toBe(open);
  });

  it('is not gone on with when it is older than two hours, for its data are', () => {
    const old = { ...open, openedAt: open.openedAt - 1 };
    expect(opened(old, run(), NOW).id).toBe('20260329030000');
    expect(decide({ activation: old, mainAt: 'dr' })).toMatchObject({ cause: 'already-there' });
  });

  it('is gone on with by a failover whatever opened it, by a switchover only when one had opened it', () => {
    const planned = { ...open, mode: 'switchover' as const };
    const switchover = run({ mode: 'switchover', startedBy: 'person' });
    expect(opened(planned, run(), NOW)).toBe(planned);
    expect(opened(planned, switchover, NOW)).toBe(planned);
    expect(opened(open, switchover, NOW)).toEqual({
      id: '20260329030000',
      activate: 'dr',
      mode: 'switchover',
      openedAt: NOW,
    });
  });

  it('of a drill is never gone on with: the next one clears its leavings away', () => {
    const drilled = { ...open, mode: 'drill' as const };
    expect(opened(drilled, run({ mode: 'drill', startedBy: 'person' }), NOW)).toMatchObject({
      id: '20260329030000',
      mode: 'drill',
    });
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

describe('when several things speak against a run', () => {
  const pause = { by: 'ada', reason: 'work', at: NOW };
  const busy = { lease, holder: 'running' as const };
  const moved = {
    activation: {
      id: '1',
      activate: 'dr' as const,
      openedAt: 0,
      closedAt: NOW,
      outcome: 'succeeded' as const,
    },
  };
  const there = { mainAt: 'dr' as const };
  const manual = { trigger: 'manual' as const };

  it.each<[RefusalCause | 'admitted', RefusalCause | 'admitted', AdmissionFacts, object]>([
    // an alarm, a person, the facts
    ['paused', 'paused', { pause, ...busy, ...there, ...moved }, manual],
    ['already-running', 'already-running', { ...busy, ...there, ...moved }, manual],
    ['manual-only', 'already-there', { ...there, ...moved }, manual],
    ['already-there', 'already-there', { ...there, ...moved }, {}],
    ['cool-down', 'admitted', { ...moved, mainAt: 'primary' }, {}],
    ['cool-down', 'admitted', moved, {}],
    ['manual-only', 'admitted', {}, manual],
    ['admitted', 'admitted', {}, { trigger: 'approval' }],
  ])('an alarm is told %s, a person %s', (alarm, person, facts, changes) => {
    expect(cause(facts, changes)).toBe(alarm);
    expect(cause(facts, changes, { startedBy: 'person' })).toBe(person);
  });
});

describe('the reason of a refusal', () => {
  const reason = (facts: AdmissionFacts, changes = {}) => {
    const decision = decide(facts, changes);
    return decision.admitted ? '' : decision.reason;
  };
  it('names who paused, since when and why', () => {
    expect(reason({ pause: { by: 'ada', reason: 'network work', at: NOW } })).toBe(
      'Lifeboat is paused by ada since 2026-03-29T03:00:00.000Z: network work.',
    );
  });
  it('names the run that is at work', () => {
    expect(reason({ lease, holder: 'running' })).toBe('Run run-0 is already activating dr for shop.');
  });
  it('says that nobody asked', () => {
    expect(reason({}, { trigger: 'manual' })).toBe(
      'shop has trigger "manual", and nobody asked for this run.',
    );
  });
  it('says where main points', () => {
    expect(reason({ mainAt: 'dr' })).toBe('main.levlabs.link already points to dr.');
  });
  it('says how long ago the last move was, and for how long it counts', () => {
    const activation = { id: '1', activate: 'primary' as const, openedAt: 0, closedAt: NOW - 200_000 };
    expect(reason({ activation })).toBe(
      'shop was last moved to primary 3 min 20 s ago; for 26 min 40 s more only a person moves it.',
    );
  });
  it('says where a worker went, and when', () => {
    const activation = {
      id: '1',
      activate: 'dr' as const,
      openedAt: NOW,
      closedAt: 1,
      outcome: 'succeeded' as const,
    };
    expect(admit(worker(), run(), { activation }, NOW)).toMatchObject({
      reason: 'mailer was moved to dr at 2026-03-29T03:00:00.000Z already.',
      next: 'npx lifeboat failover --app mailer',
    });
  });
});

it('asks for no cool-down where none is configured, nor of an activation that is still open', () => {
  const closed = { id: '1', activate: 'primary' as const, openedAt: 0, closedAt: NOW };
  expect(cause({ activation: closed }, { coolDownSeconds: 0 })).toBe('admitted');
  expect(cause({ activation: { id: '1', activate: 'primary', openedAt: 0 } })).toBe('admitted');
});

describe('a pause with an end', () => {
  const pause = { by: 'ada', reason: 'work', at: NOW - 3_600_000 };

  it('refuses until its end, and says when that is', () => {
    expect(decide({ pause: { ...pause, until: NOW + 1 } })).toMatchObject({
      admitted: false,
      cause: 'paused',
      reason:
        'Lifeboat is paused by ada since 2026-03-29T02:00:00.000Z until 2026-03-29T03:00:00.001Z: work.',
    });
  });

  it('refuses nothing from its end on', () => {
    expect(cause({ pause: { ...pause, until: NOW } })).toBe('admitted');
    expect(inForce({ ...pause, until: NOW }, NOW)).toBe(false);
    expect(inForce(pause, NOW)).toBe(true);
    expect(inForce(undefined, NOW)).toBe(false);
  });
});

it('never admits past a held lease of another run, or a pause, whoever asks and whatever else is so', () => {
  const random = seeded(13);
  for (let round = 0; round < 1000; round++) {
    const facts: AdmissionFacts = {
      lease: { ...lease, expiresAt: NOW + 1 + Math.floor(random() * 900_000) },
      holder: pick(random, 'running' as const, 'unknown' as const),
      ...(random() < 0.3 ? { pause: { by: 'ada', reason: 'work', at: NOW } } : {}),
      ...(random() < 0.5 ? { mainAt: pick(random, 'primary' as const, 'dr' as const) } : {}),
      ...(random() < 0.5
        ? { activation: { id: '1', activate: pick(random, 'dr' as const, 'primary' as const), openedAt: 0 } }
        : {}),
    };
    const starter = { startedBy: pick(random, 'alarm' as const, 'person' as const) };
    const trigger = pick(random, 'automatic' as const, 'approval' as const, 'manual' as const);
    expect(cause(facts, { trigger }, starter)).toBe(facts.pause ? 'paused' : 'already-running');
  }
});

it("never keeps a person's run quiet", () => {
  const random = seeded(17);
  const causes: [RefusalCause, ...RefusalCause[]] = [
    'paused',
    'manual-only',
    'already-running',
    'cool-down',
    'already-there',
  ];
  for (let round = 0; round < 1000; round++) {
    const some = Array.from({ length: Math.floor(random() * 5) }, () => pick(random, ...causes));
    const told = random() < 0.3 ? undefined : NOW - Math.floor(random() * 1_200_000);
    expect(staysQuiet({ startedBy: 'person' }, some, told, NOW)).toBe(false);
  }
});

it.each<[RefusalCause[], boolean]>([
  [['already-there'], true],
  [['already-running'], true],
  [['already-there', 'paused'], false],
  [['already-running', 'cool-down'], false],
  [['manual-only'], false],
  [['cool-down'], false],
  [['paused'], false],
])('keeps an alarm that was refused for %j quiet when nobody was told yet: %s', (causes, quiet) => {
  expect(staysQuiet({ startedBy: 'alarm' }, causes, undefined, NOW)).toBe(quiet);
});
