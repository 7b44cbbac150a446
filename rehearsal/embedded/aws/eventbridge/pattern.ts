import { FakeLimit } from '../fake-limit';

/**
 * Whether an event matches an event pattern.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html and
 * eb-create-pattern-operators.html. Operators that are not listed here are a FakeLimit.
 */
export function matches(pattern: object, event: unknown): boolean {
  return Object.entries(pattern).every(([field, expected]) => {
    if (field.startsWith('$')) throw new FakeLimit(`event pattern operator ${field}`);
    const actual = isObject(event) ? event[field] : undefined;
    if (Array.isArray(expected)) return expected.some(one => matchesOne(one, actual));
    if (isObject(expected)) return matches(expected, isObject(actual) ? actual : {});
    throw new FakeLimit(`event pattern field ${field}: a value must stand in an array`);
  });
}

/** Looks at every operator of a pattern. @throws FakeLimit for those that the fake does not know. */
export function checkPattern(pattern: object): void {
  for (const [field, expected] of Object.entries(pattern)) {
    if (field.startsWith('$')) throw new FakeLimit(`event pattern operator ${field}`);
    if (Array.isArray(expected)) {
      for (const one of expected) for (const sample of ['', 0]) matchesOne(one, sample);
    } else if (isObject(expected)) checkPattern(expected);
    else throw new FakeLimit(`event pattern field ${field}: a value must stand in an array`);
  }
}

/** An array in the event matches when one of its elements does. */
function matchesOne(expected: unknown, actual: unknown): boolean {
  if (isObject(expected)) return matchesOperator(expected, actual);
  return asList(actual).some(value => value === expected);
}

function matchesOperator(operator: Record<string, unknown>, actual: unknown): boolean {
  const [[name, operand] = [undefined, undefined], ...more] = Object.entries(operator);
  if (name === undefined || more.length > 0) throw new FakeLimit(`event pattern ${JSON.stringify(operator)}`);
  switch (name) {
    case 'exists':
      // Leaf nodes only: an object does not "exist" for this operator.
      return (actual !== undefined && !isObject(actual)) === (operand === true);
    case 'prefix':
      return asList(actual).some(value => isPrefix(operand, value));
    case 'anything-but':
      return actual !== undefined && asList(actual).every(value => !isExcluded(operand, value));
    case 'numeric':
      return asList(actual).some(value => typeof value === 'number' && inRange(operand, value));
    default:
      throw new FakeLimit(`event pattern operator ${name}`);
  }
}

function isPrefix(prefix: unknown, value: unknown): boolean {
  if (typeof prefix !== 'string') throw new FakeLimit(`event pattern prefix ${JSON.stringify(prefix)}`);
  return typeof value === 'string' && value.startsWith(prefix);
}

function isExcluded(operand: unknown, value: unknown): boolean {
  if (isObject(operand)) {
    const [[name, inner] = [undefined, undefined]] = Object.entries(operand);
    if (name !== 'prefix') throw new FakeLimit(`event pattern operator anything-but ${name}`);
    return asList(inner).some(prefix => isPrefix(prefix, value));
  }
  return asList(operand).includes(value);
}

/** `["<", 5]` or `[">=", 1, "<", 5]` */
function inRange(operand: unknown, value: number): boolean {
  const terms = asList(operand);
  if (terms.length !== 2 && terms.length !== 4) throw new FakeLimit(`numeric ${JSON.stringify(operand)}`);
  for (let index = 0; index < terms.length; index += 2) {
    const [comparison, bound] = [terms[index], terms[index + 1]];
    if (typeof bound !== 'number') throw new FakeLimit(`numeric ${JSON.stringify(operand)}`);
    if (!compares(comparison, value, bound)) return false;
  }
  return true;
}

function compares(comparison: unknown, value: number, bound: number): boolean {
  switch (comparison) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '=':
      return value === bound;
    case '>=':
      return value >= bound;
    case '>':
      return value > bound;
    default:
      throw new FakeLimit(`numeric comparison ${JSON.stringify(comparison)}`);
  }
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
