import { STATES, STEPS } from '../../../core/phases';
import { definitionOf, type StateJson, type StatesJson } from '../../../lib/workflow/definition';
import { childOf } from '../../../lib/workflow/history';

const definition = definitionOf('dr');
const child = childOf(definition);

/** Every state with its name, those of branches and of the map too. */
function everyState({ States: states }: StatesJson): [string, StateJson][] {
  return Object.entries(states).flatMap(([name, state]) => [
    [name, state] as [string, StateJson],
    ...(state.Branches ?? []).flatMap(everyState),
    ...(state.ItemProcessor ? everyState(state.ItemProcessor) : []),
  ]);
}

const states = everyState(definition);
const tasks = states.filter(([, { Type }]) => Type === 'Task');
const named = (name: string) => {
  const found = states.find(([other]) => other === name);
  if (!found) throw new Error(`There is no state "${name}".`);
  return found[1];
};
const target = (name: string, error: string) =>
  named(name).Catch?.find(({ ErrorEquals }) => ErrorEquals.includes(error))?.Next;

it('has every state of core/phases, and no name twice', () => {
  const names = states.map(([name]) => name);
  expect(new Set(names).size).toBe(names.length);
  const wanted = STEPS.flatMap(step => Object.values(STATES[step]));
  expect(wanted.filter(name => !names.includes(name))).toEqual([]);
});

it('leads only to states that are there', () => {
  const check = ({ States: level }: StatesJson) => {
    for (const state of Object.values(level)) {
      for (const next of [state.Next, ...(state.Catch ?? []).map(({ Next }) => Next)]) {
        if (next !== undefined) expect(Object.keys(level)).toContain(next);
      }
      state.Branches?.forEach(check);
      if (state.ItemProcessor) check(state.ItemProcessor);
    }
  };
  check(definition);
});

it.each(tasks)('%s has a deadline', (_, { TimeoutSeconds }) => {
  expect(TimeoutSeconds === undefined ? 'none' : typeof TimeoutSeconds).toMatch(/number|string/);
});

it.each(tasks)(
  '%s tries again by named errors only, with a longest delay for those that back off',
  (_, { Retry }) => {
    expect(Retry?.length).toBeGreaterThan(0);
    for (const { ErrorEquals, BackoffRate = 2, MaxDelaySeconds } of Retry ?? []) {
      expect(ErrorEquals).not.toContain('States.ALL');
      if (BackoffRate > 1) expect(MaxDelaySeconds).toBeGreaterThan(0);
    }
  },
);

it.each(states.filter(([, { Catch }]) => Catch))(
  '%s catches States.ALL last, after named errors',
  (_, { Catch = [] }) => {
    expect(Catch.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
    expect(Catch.length).toBeGreaterThan(1);
    for (const { ErrorEquals } of Catch.slice(0, -1)) expect(ErrorEquals).not.toContain('States.ALL');
  },
);

describe('before the flip', () => {
  it.each(['Await turn', 'Fence', 'Restore', 'Scale', 'Verify'])(
    '%s undoes what it did, whatever fails',
    name => {
      expect(target(name, 'Forbidden')).toBe('Roll back');
      expect(target(name, 'States.ALL')).toBe('Roll back');
    },
  );

  it.each(['Await turn', 'Fence', 'Restore', 'Scale', 'Verify', 'Flip'])(
    '%s undoes nothing when another run has the app',
    name => expect(target(name, 'LeaseLost')).toBe('Close'),
  );
});

it('undoes nothing after the flip', () => {
  expect(target('Flip', 'FlipNotSettled')).toBe('Close');
  expect(target('Flip', 'RecordChanged')).toBe('Roll back');
  expect(named('Confirm').Catch?.map(({ Next }) => Next)).toEqual(['Close', 'Close']);
});

it('closes the app also when nothing could be undone', () => {
  expect(named('Roll back').Next).toBe('Close');
  expect(named('Roll back').Catch?.every(({ Next }) => Next === 'Close')).toBe(true);
});

it('comes to its report from every step of the run', () => {
  for (const name of ['Admit', 'Assess', 'Preflight', 'Tell on-call', 'Move']) {
    expect(target(name, 'States.ALL')).toBe('Report');
  }
});

it('asks a person once: a question that nobody answers is not asked again', () => {
  const { Retry = [], TimeoutSeconds } = named('Ask for approval');
  expect(Retry.flatMap(({ ErrorEquals }) => ErrorEquals)).not.toContain('States.Timeout');
  expect(TimeoutSeconds).toBe('{% $preflight.approvalTimeoutSeconds %}');
  expect(target('Ask for approval', 'States.Timeout')).toBe('Nobody answered');
  expect(target('Ask for approval', 'Denied')).toBe('Write down the denial');
});

it('moves the apps in executions of their own, and lets one fail alone', () => {
  expect(named('Move the apps')).toMatchObject({
    Type: 'Map',
    Label: 'apps',
    MaxConcurrency: 100,
    ToleratedFailurePercentage: 100,
    ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
  });
  expect(Object.keys(child.States)).toContain('Close');
});
