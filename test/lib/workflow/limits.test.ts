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

  it('takes the larger of a loop that goes smoothly and one that uses up its retries', () => {
    // Smooth: 7 askings of 5 events for the task, 2 for the Choice, 2 for the Wait. Rough: 2 of 2 + 6×3 + 4.
    expect(loopEvents(task, { seconds: 60, wait: () => 10 })).toBe(Math.max(7 * 9, 2 * 24));
    // Long waits leave room for the retries: at 0 and 100 smoothly; at 27 and 154 roughly.
    expect(loopEvents(task, { seconds: 100, wait: () => 100 })).toBe(Math.max(2 * 9, 2 * 24));
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
    expect(turnSeconds(config, a)).toBe(0);
    expect(turnSeconds(config, b)).toBe(one);
    expect(turnSeconds(config, c)).toBe(2 * one);
  });

  it('is at least as long as a person may take to answer', () => {
    const app = exampleApp('a', { trigger: 'approval' });
    expect(turnSeconds(exampleConfig([app]), app)).toBe(900);
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

describe('a restore that takes a day', () => {
  it('fits, since the workflow waits longer the longer it lasts', () => {
    const app = exampleApp('shop');
    const slow = { ...app, ...(app.data ? { data: { ...app.data, deadlineSeconds: 86_400 } } : {}) };
    expect(limitProblems(definition, exampleConfig([slow]))).toEqual([]);
  });
});

describe('a wait for its turn that does not fit', () => {
  it('is found, with what to change', () => {
    const app = exampleApp('shop', { trigger: 'approval' });
    const config = exampleConfig([app], { approval: { timeoutSeconds: 86_400, ifNobodyAnswers: 'refuse' } });
    const [problem, ...more] = limitProblems(definition, config);
    expect(problem).toMatch(/^shop may have \d+ events, allowed are 25000: shorten the approval's timeout/);
    expect(more).toEqual([]);
  });
});
