import { DEADLINES } from '../../../core/deadlines';
import { definitionOf, type StateJson } from '../../../lib/workflow/definition';
import {
  appEvents,
  askings,
  loopEvents,
  MAX_EVENTS,
  retriesOf,
  runEvents,
} from '../../../lib/workflow/history';
import { limitProblems } from '../../../lib/workflow/limits';
import { turnSeconds } from '../../../lib/workflow/loops';
import { MAX_BYTES, payloadBytes } from '../../../lib/workflow/payload';
import { exampleApp, exampleConfig } from '../example';

const definition = definitionOf('dr');

/** Names as long as Kubernetes and the configuration allow. */
const hundred = Array.from({ length: 100 }, (_, index) => exampleApp(`app-${index}-`.padEnd(63, 'x')));

describe('the calculator, against a case counted by hand', () => {
  const task: StateJson = {
    Type: 'Task',
    TimeoutSeconds: 20,
    Retry: [
      // 1 + 2 = 3 s
      { ErrorEquals: ['Lambda.ServiceException'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 2 },
      // 20 s that it takes to run out of time, and 1 s before the next
      { ErrorEquals: ['States.Timeout'], IntervalSeconds: 1, MaxAttempts: 1 },
      // up to 2, 4 (not 8): half of it, 3 s
      {
        ErrorEquals: ['Throttled'],
        IntervalSeconds: 2,
        BackoffRate: 4,
        MaxDelaySeconds: 4,
        MaxAttempts: 2,
        JitterStrategy: 'FULL',
      },
    ],
  };

  it('adds up retries and the time that they take', () => {
    expect(retriesOf(task)).toEqual({ attempts: 5, seconds: 3 + 21 + 3 });
  });

  it('asks at 0, 10, 20 and once more at the deadline', () => {
    expect(askings({ seconds: 30, wait: () => 10 }, 0)).toBe(4);
    expect(askings({ seconds: 0, wait: () => 10 }, 0)).toBe(1);
  });

  it('asks less often when each asking takes time itself', () => {
    // Asked until 27, waits 10, asked until 64: past 60.
    expect(askings({ seconds: 60, wait: () => 10 }, 27)).toBe(2);
  });

  it('takes the rhythm of retries that brings most events', () => {
    // The first and the third kind used up: 6 s an asking, so asked until 6, 22, 38, 54 and 70. Each has 5 attempts
    // of 3 events, 2 more of the task, 2 of the Choice; 4 waits of 2 lie between.
    expect(loopEvents(task, { seconds: 60, wait: () => 10 })).toBe(5 * (15 + 2 + 2) + 4 * 2);
    // Long waits leave room for every retry: asked until 27 and 154, each with 6 attempts.
    expect(loopEvents(task, { seconds: 100, wait: () => 100 })).toBe(2 * (18 + 2 + 2) + 2);
  });

  it('counts a smooth loop: nothing to retry', () => {
    expect(loopEvents({ Type: 'Task' }, { seconds: 60, wait: () => 10 })).toBe(7 * (3 + 2 + 2) + 6 * 2);
  });

  it('counts a whole run: each state once, the retries of each task used up', () => {
    const tiny = {
      StartAt: 'Admit',
      States: {
        // 2 + 3×(1+1)
        Admit: { Type: 'Task', Retry: [{ ErrorEquals: ['Throttled'], MaxAttempts: 1 }] },
        'Admitted?': { Type: 'Choice' }, // 2
        // 2 + 2, its branches: 2 + 4 for the token, and 2 + 4 for the map
        Move: {
          Type: 'Parallel',
          Branches: [
            {
              StartAt: 'Ask',
              States: { Ask: { Type: 'Task', Resource: 'x:lambda:invoke.waitForTaskToken' } },
            },
            {
              StartAt: 'Apps',
              States: { Apps: { Type: 'Map', ItemProcessor: { StartAt: '', States: {} } } },
            },
          ],
        },
      },
    };
    expect(runEvents(tiny, exampleConfig())).toBe(2 + 8 + 2 + 4 + 6 + 6);
  });
});

describe('how long an app waits for its turn', () => {
  it('is as long as everything before it may take, one after the other', () => {
    const [a, b] = [exampleApp('a'), exampleApp('b', { after: ['a'] })];
    const c = exampleApp('c', { after: ['b'] });
    const config = exampleConfig([a, b, c]);
    const one = 1200 + 600 + 180 + 300 + 300;
    expect(turnSeconds(config, a, 'failover')).toBe(0);
    expect(turnSeconds(config, b, 'failover')).toBe(one);
    expect(turnSeconds(config, c, 'failover')).toBe(2 * one);
  });

  it('is at least as long as a person may take to answer', () => {
    const app = exampleApp('a', { trigger: 'approval' });
    expect(turnSeconds(exampleConfig([app]), app, 'failover')).toBe(900 + DEADLINES.answerWrittenDown);
  });
});

describe('100 apps whose names have 63 characters', () => {
  const config = exampleConfig(hundred);

  it('stay below 25,000 events, in the run and in each app', () => {
    expect(runEvents(definition, config)).toBeLessThan(MAX_EVENTS);
    for (const app of hundred) expect(appEvents(definition, config, app)).toBeLessThan(MAX_EVENTS);
  });

  it('do not make the history of the run longer than one app does', () => {
    expect(runEvents(definition, config)).toBe(runEvents(definition, exampleConfig()));
  });

  it('stay below 256 KiB between states', () => {
    expect(Math.max(...Object.values(payloadBytes(config)))).toBeLessThan(MAX_BYTES);
  });

  it('and so would 1,000', () => {
    const thousand = Array.from({ length: 10 }, () => hundred).flat();
    expect(Math.max(...Object.values(payloadBytes(exampleConfig(thousand))))).toBeLessThan(MAX_BYTES);
  });
});

describe('the longest that may be asked for', () => {
  const day = 86_400;

  it('fits: a day for the answer of a person, a day of restore, clients who are asked every second', () => {
    const { data, endpoint, ...shop } = exampleApp('shop', { trigger: 'approval' });
    const longest = {
      ...shop,
      ...(endpoint ? { endpoint: { ...endpoint, ttlSeconds: 1 } } : {}),
      ...(data ? { data: { ...data, deadlineSeconds: day } } : {}),
    };
    const config = exampleConfig([longest], {
      approval: { timeoutSeconds: day, ifNobodyAnswers: 'refuse' },
    });
    expect(limitProblems(definition, config)).toEqual([]);
  });

  it('of an assessment fits: three dwell times of 10 minutes', () => {
    const slow = exampleConfig([exampleApp('shop', { dwellSeconds: 600 })]);
    expect(limitProblems(definition, slow)).toEqual([]);
  });
});

describe('a chain of apps that does not fit', () => {
  it('is found, with what to change', () => {
    const slow = (name: string, after: string[]) => {
      const app = exampleApp(name, { after });
      return { ...app, ...(app.data ? { data: { ...app.data, deadlineSeconds: 86_400 } } : {}) };
    };
    const chain = [slow('first', []), slow('second', ['first']), slow('third', ['second'])];
    const [second, problem, ...more] = limitProblems(definition, exampleConfig(chain));
    expect(second).toMatch(/^second may/);
    expect(problem).toMatch(/^third may have \d+ events, allowed are 25000: shorten the approval's timeout/);
    expect(more).toEqual([]);
  });
});
