import { Checker, checkShape, integer, one, type Shape, string, text } from './checks';
import type { Definition, StateType } from './definition';
import { InvalidDefinition } from './errors';
import { isObject, type Json, NotJson, overTheWire } from './json';
import type { Limits } from './limits';
import type { Query } from './query';
import { checkTogether, processorConfig, STATE_SHAPES, unknownField } from './shapes';

type Raw = Record<string, unknown>;

const SCOPE: Shape = {
  StartAt: { check: text, required: true },
  States: { check: () => undefined, required: true },
  Comment: { check: string },
};

/** https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html */
const MACHINE: Shape = {
  ...SCOPE,
  QueryLanguage: { check: one('JSONata') },
  TimeoutSeconds: { check: integer(1, 99_999_999) },
  Version: { check: one('1.0') },
};

/**
 * The definition as this interpreter runs it: a copy, checked in full.
 * @throws InvalidDefinition with every problem found
 */
export function validate(
  definition: unknown,
  { query, resources, limits }: { query: Query; resources: readonly string[]; limits: Limits },
): Definition {
  const checker = new Checker(query, resources);
  const copy = copyOf(definition, checker, limits);
  if (isObject(copy)) {
    checkShape(copy, '', MACHINE, checker, unknownField);
    checkScope(copy, '', checker, { jsonata: copy.QueryLanguage === 'JSONata', outer: new Set() });
  }
  if (checker.problems.length > 0) throw new InvalidDefinition(checker.problems);
  // Every field has been checked against its shape above.
  return copy as unknown as Definition;
}

function copyOf(definition: unknown, checker: Checker, limits: Limits): Json | undefined {
  try {
    const copy = overTheWire(definition);
    const bytes = Buffer.byteLength(JSON.stringify(copy));
    if (bytes > limits.definitionBytes) {
      checker.report('', `the definition has ${bytes} bytes, more than ${limits.definitionBytes}`);
    }
    if (!isObject(copy)) checker.report('', 'the definition must be an object');
    return copy;
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    checker.report('', `the definition ${error.message}`);
    return undefined;
  }
}

interface Surroundings {
  /** Whether the state machine as a whole is JSONata. If not, each state must say so. */
  jsonata: boolean;
  /** Variables of the scopes around this one that are visible in it. */
  outer: ReadonlySet<string>;
}

function checkScope(scope: Raw, path: string, checker: Checker, around: Surroundings): void {
  const at = (rest: string) => (path === '' ? rest : `${path}.${rest}`);
  if (!isObject(scope.States) || Object.keys(scope.States).length === 0) {
    checker.report(at('States'), 'must be an object of states that is not empty');
    return;
  }
  const states = new Map<string, Raw>();
  for (const [name, state] of Object.entries(scope.States)) {
    const where = at(`States.${name}`);
    checkName(name, where, checker);
    if (!isObject(state)) checker.report(where, 'must be an object');
    else {
      states.set(name, state);
      checkState(state, where, checker, around);
    }
  }
  checkGraph(scope, states, path, checker);
  const own = checkAssignments(states, at, checker, around);
  for (const [name, state] of states) checkInner(state, at(`States.${name}`), checker, around, own);
}

/** "State names must be unique within the scope of the whole state machine", at most 80 characters long. */
function checkName(name: string, path: string, checker: Checker) {
  const first = checker.names.get(name);
  if (first !== undefined) checker.report(path, `the name is taken by ${first}`);
  else checker.names.set(name, path);
  if (name.length < 1 || name.length > 80) checker.report(path, 'a state name has 1 to 80 characters');
}

function checkState(state: Raw, path: string, checker: Checker, { jsonata }: Surroundings) {
  const { Type: type } = state;
  if (typeof type !== 'string' || !Object.hasOwn(STATE_SHAPES, type)) {
    checker.report(`${path}.Type`, `unknown state type '${String(type)}'`);
    return;
  }
  const shape = STATE_SHAPES[type as StateType];
  checkShape(state, path, shape, checker, unknownField);
  if (!jsonata && state.QueryLanguage === undefined) {
    checker.report(`${path}.QueryLanguage`, 'is missing: without it the state is JSONPath');
  }
  if ('Next' in shape && (state.Next === undefined) === (state.End === undefined)) {
    checker.report(path, 'must have exactly one of Next and End');
  }
  checkTogether(state, path, checker);
}

interface Edge {
  path: string;
  to: unknown;
}

function entries(value: unknown): [number, Raw][] {
  const list = Array.isArray(value) ? value : [];
  return [...list.entries()].filter((entry): entry is [number, Raw] => isObject(entry[1]));
}

/** Where a state may lead, by Next, Default, its rules and its catchers. */
function edges(state: Raw, path: string): Edge[] {
  const all: Edge[] = [
    { path: `${path}.Next`, to: state.Next },
    { path: `${path}.Default`, to: state.Default },
    ...entries(state.Choices).map(([i, rule]) => ({ path: `${path}.Choices[${i}].Next`, to: rule.Next })),
    ...entries(state.Catch).map(([i, item]) => ({ path: `${path}.Catch[${i}].Next`, to: item.Next })),
  ];
  return all.filter(({ to }) => typeof to === 'string');
}

function checkGraph(scope: Raw, states: Map<string, Raw>, path: string, checker: Checker) {
  const prefix = path === '' ? '' : `${path}.`;
  const where = (name: string) => `${prefix}States.${name}`;
  const reached = new Set<string>();
  const pending: Edge[] = [{ path: `${prefix}StartAt`, to: scope.StartAt }];
  for (const [name, state] of states) {
    for (const edge of edges(state, where(name))) {
      if (!states.has(String(edge.to))) checker.report(edge.path, `there is no state '${edge.to}' here`);
    }
  }
  if (typeof scope.StartAt === 'string' && !states.has(scope.StartAt)) {
    checker.report(`${prefix}StartAt`, `there is no state '${scope.StartAt}' here`);
    return; // everything would count as unreachable
  }
  for (let edge = pending.pop(); edge; edge = pending.pop()) {
    const name = String(edge.to);
    const state = states.get(name);
    if (!state || reached.has(name)) continue;
    reached.add(name);
    pending.push(...edges(state, where(name)));
  }
  for (const name of states.keys()) {
    if (!reached.has(name)) checker.report(where(name), 'cannot be reached from StartAt');
  }
  const ends = [...reached].some(name => {
    const state = states.get(name);
    return state?.End !== undefined || state?.Type === 'Succeed' || state?.Type === 'Fail';
  });
  if (reached.size > 0 && !ends) checker.report(`${prefix}States`, 'no state ends it');
}

/** The variables this scope assigns. None may be a variable of an outer scope. */
function checkAssignments(
  states: Map<string, Raw>,
  at: (rest: string) => string,
  checker: Checker,
  { outer }: Surroundings,
): Set<string> {
  const own = new Set<string>();
  for (const [name, state] of states) {
    const path = at(`States.${name}`);
    const places = [
      { path: `${path}.Assign`, assign: state.Assign },
      ...entries(state.Choices).map(([i, { Assign }]) => ({
        path: `${path}.Choices[${i}].Assign`,
        assign: Assign,
      })),
      ...entries(state.Catch).map(([i, { Assign }]) => ({
        path: `${path}.Catch[${i}].Assign`,
        assign: Assign,
      })),
    ];
    for (const place of places) {
      for (const variable of Object.keys(isObject(place.assign) ? place.assign : {})) {
        own.add(variable);
        if (outer.has(variable)) {
          checker.report(`${place.path}.${variable}`, 'is a variable of an outer scope');
        }
      }
    }
  }
  return own;
}

function checkInner(
  state: Raw,
  path: string,
  checker: Checker,
  { jsonata, outer }: Surroundings,
  own: Set<string>,
) {
  const inner = { jsonata, outer: new Set([...outer, ...own]) };
  if (state.Type === 'Parallel') {
    if (!Array.isArray(state.Branches) || state.Branches.length === 0) {
      if (state.Branches !== undefined)
        checker.report(`${path}.Branches`, 'must be an array that is not empty');
      return;
    }
    state.Branches.forEach((branch: unknown, i) => {
      checkNested(branch, `${path}.Branches[${i}]`, SCOPE, checker, inner);
    });
  }
  if (state.Type === 'Map' && state.ItemProcessor !== undefined) {
    const shape = { ...SCOPE, ProcessorConfig: { check: processorConfig } };
    const processor = isObject(state.ItemProcessor) ? state.ItemProcessor : {};
    const config = isObject(processor.ProcessorConfig) ? processor.ProcessorConfig : {};
    // "Distributed Map states cannot reference variables in outer scopes", so nothing there can be shadowed.
    const visible = config.Mode === 'DISTRIBUTED' ? { jsonata, outer: new Set<string>() } : inner;
    checkNested(state.ItemProcessor, `${path}.ItemProcessor`, shape, checker, visible);
  }
}

function checkNested(value: unknown, path: string, shape: Shape, checker: Checker, around: Surroundings) {
  if (!isObject(value)) return checker.report(path, 'must be an object');
  checkShape(value, path, shape, checker, unknownField);
  checkScope(value, path, checker, around);
}
