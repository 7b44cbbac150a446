import { AsyncLocalStorage } from 'node:async_hooks';
import type { StepName } from '../../../core/phases';
import type { Call } from '../../../rehearsal/embedded/calls';
import { at, example, scenario } from '../cloud/examples';
import { type OpenNight, type Played, play } from '../cloud/play';

jest.setTimeout(300_000);

const levlabs = example('levlabs');
const night = scenario([
  at(30, { do: 'lose-region', site: 'primary' }),
  at(35, { do: 'start', site: 'dr', input: { activate: 'dr', startedBy: 'alarm', reason: 'the alarm' } }),
]);

const WRITES = /^(PutItem|Publish|ChangeResourceRecordSets|PutMetricData|POST|PATCH|DELETE)/;

/** The life of the Lambda that is at work. One for all: each costs every promise of the process something. */
const life = new AsyncLocalStorage<{ die: (error: Error) => void; dead: boolean }>();
afterAll(() => life.disable());

const planned = scenario([
  // The alarm of the standby at rest, which goes on with the night, has had its answer by then.
  at(330, { do: 'start', site: 'dr', input: { activate: 'dr', mode: 'switchover' } }),
]);

const drilled = scenario([at(330, { do: 'start', site: 'dr', input: { activate: 'dr', mode: 'drill' } })]);

/** What a night comes to, whatever dies in it. */
const MOVED = { restores: 1, swaps: 1, main: ['dr'] };
const DRILLED = { restores: 0, swaps: 0, main: ['primary'] };

/** Lambda ends a step right behind the nth of its writes in this run, as if its memory had run out, once. */
function dyingBehind(step: StepName, nth: number) {
  return ({ night: { calls, sites } }: OpenNight) => {
    let writes = 0;
    let died = false;
    const record = calls.record.bind(calls);
    calls.record = async (call, send) => {
      const me = life.getStore();
      if (me?.dead) return new Promise<never>(() => undefined);
      const result = await record(call, send);
      if (!me || died || !WRITES.test(call.action) || ++writes < nth) return result;
      died = true;
      me.dead = true;
      me.die(
        Object.assign(new Error('Runtime exited with error: signal: killed'), { name: 'Runtime.ExitError' }),
      );
      return new Promise<never>(() => undefined);
    };
    const { functions } = sites.dr;
    const invoke = functions.invoke.bind(functions);
    const arn = functions.arnOf(step);
    functions.invoke = (asked, payload) => {
      // The look in peace is the same function, and no part of a run.
      if (asked !== arn || !JSON.stringify(payload).includes('"run"') === (step !== 'admit'))
        return invoke(asked, payload);
      return new Promise((resolve, reject) => {
        life.run({ die: reject, dead: false }, () => invoke(asked, payload).then(resolve, reject));
      });
    };
  };
}

function writesOf(calls: readonly Call[], step: StepName): Call[] {
  return calls.filter(call => call.step === step && call.run !== undefined && WRITES.test(call.action));
}

/**
 * Positions, counted from 1, of the writes behind which a step is ended: the first one, each that is seen outside of
 * the ledger, and what the ledger was told right before it. All of them hold; these are quick.
 */
function telling(writes: readonly Call[]): number[] {
  const outside = (index: number) => writes[index] !== undefined && writes[index].action !== 'PutItem';
  return writes.flatMap((_write, index) =>
    index === 0 || outside(index) || outside(index + 1) ? [index + 1] : [],
  );
}

const undisturbed = new Map<string, Promise<Played>>();

const nights: [string, typeof night, StepName[], object][] = [
  [
    'a failover',
    night,
    [
      ...(['admit', 'assess', 'preflight', 'tell', 'turn', 'fence', 'backup', 'restore'] as const),
      ...(['scale', 'verify', 'flip', 'confirm', 'close', 'report'] as const),
    ],
    MOVED,
  ],
  ['a switchover', planned, ['fence', 'backup', 'restore'], MOVED],
  ['a drill', drilled, ['drill', 'cleanup', 'close'], DRILLED],
];
const each = nights.flatMap(([mode, story, steps, end]) =>
  steps.map(step => [step, mode, story, end] as const),
);

describe('a Lambda that dies', () => {
  it.each(each)(
    'behind any of the writes of %s in %s is asked again, and the night ends as if it had not',
    async (step, mode, night, end) => {
      const quiet = undisturbed.get(mode) ?? play({ ...levlabs, scenario: night });
      undisturbed.set(mode, quiet);
      const writes = writesOf((await quiet).night.calls.calls, step);
      expect(writes.length).toBeGreaterThan(0);
      for (const nth of telling(writes)) {
        const { action = '' } = writes[nth - 1] ?? {};
        const played = await play({ ...levlabs, scenario: night, withNight: dyingBehind(step, nth) });
        // Nobody can know whether a message went out: rather twice than never.
        const told = action === 'Publish' ? [...new Set(played.told)] : played.told;
        expect({
          behind: `write ${nth}, ${action}`,
          told,
          restores: played.restores.created.length,
          swaps: played.swaps,
          main: [...new Set(played.main)],
          broken: played.broken(),
        }).toEqual({
          behind: `write ${nth}, ${action}`,
          told: ['start', 'succeeded'],
          ...end,
          broken: [],
        });
      }
    },
  );
});
