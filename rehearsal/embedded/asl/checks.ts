import { expressionOf } from './definition';
import type { Problem } from './errors';
import { checkExpression, type Readable } from './expression-check';
import { isObject } from './json';
import { describe, type Query } from './query';

/** Collects problems while a definition is walked. */
export class Checker {
  readonly problems: Problem[] = [];
  /** State names of the whole state machine, and where each first stood. */
  readonly names = new Map<string, string>();

  constructor(
    readonly query: Query,
    readonly resources: readonly string[],
  ) {}

  report(path: string, message: string): void {
    this.problems.push({ path, message });
  }
}

/** Checks one field's value; reports what is wrong with it. */
export type Check = (value: unknown, path: string, checker: Checker) => void;

/** JSONata within a value: syntax, names, and which of `$states` may be read. */
export function template(...readable: Readable[]): Check {
  const check: Check = (value, path, checker) => {
    if (typeof value === 'string') checkString(value, path, checker, readable);
    else if (Array.isArray(value))
      value.forEach((item, i) => {
        check(item, `${path}[${i}]`, checker);
      });
    else if (isObject(value)) {
      for (const [key, member] of Object.entries(value)) {
        if (key.endsWith('.$')) checker.report(`${path}.${key}`, 'a key that ends in .$ is JSONPath');
        check(member, `${path}.${key}`, checker);
      }
    }
  };
  return check;
}

function checkString(value: string, path: string, checker: Checker, readable: readonly Readable[]) {
  const text = expressionOf(value);
  if (text === undefined) {
    if (value.startsWith('{%') !== value.endsWith('%}')) {
      checker.report(path, 'a JSONata string must begin with {% and end with %}');
    }
    return;
  }
  try {
    const ast = checker.query.compile(text).ast();
    checkExpression(ast, readable, message => checker.report(path, message));
  } catch (error) {
    checker.report(path, `invalid JSONata expression: ${describe(error)}`);
  }
}

/** A literal that `accepts`, or a JSONata string. */
function literalOr(accepts: (value: unknown) => boolean, what: string): Check {
  const expression = template();
  return (value, path, checker) => {
    if (expressionOf(value) !== undefined) expression(value, path, checker);
    else if (!accepts(value)) checker.report(path, `must be ${what}, or a JSONata string`);
  };
}

function literal(accepts: (value: unknown) => boolean, what: string): Check {
  return (value, path, checker) => {
    if (!accepts(value)) checker.report(path, `must be ${what}`);
  };
}

const within = (least: number, most: number) => (value: unknown) =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;

export const string = literal(value => typeof value === 'string', 'a string');
export const text = literal(value => typeof value === 'string' && value !== '', 'a string that is not empty');
export const one = (...values: unknown[]) => literal(value => values.includes(value), values.join(' or '));
export const integer = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  literal(within(least, most), `an integer from ${least} to ${most}`);
export const integerOrExpression = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  literalOr(within(least, most), `an integer from ${least} to ${most}`);
export const numberFrom = (least: number) =>
  literal(
    value => typeof value === 'number' && Number.isFinite(value) && value >= least,
    `a number from ${least}`,
  );
export const percentageOrExpression = literalOr(
  value => typeof value === 'number' && value >= 0 && value <= 100,
  'a number from 0 to 100',
);
export const booleanOrExpression = literalOr(value => typeof value === 'boolean', 'true, false');
export const timestampOrExpression = (parse: (text: string) => number | undefined) =>
  literalOr(value => typeof value === 'string' && parse(value) !== undefined, 'an RFC 3339 timestamp');

export const stringOrExpression: Check = (value, path, checker) => {
  if (typeof value === 'string') template()(value, path, checker);
  else checker.report(path, 'must be a string');
};

/** "Variable names must follow the rules for Unicode Identifiers"; at most 80 characters. */
const VARIABLE = /^[\p{ID_Start}_][\p{ID_Continue}]{0,79}$/u;

export function assign(...readable: Readable[]): Check {
  const inner = template(...readable);
  return (value, path, checker) => {
    if (!isObject(value)) return checker.report(path, 'must be an object of variables');
    for (const name of Object.keys(value)) {
      if (!VARIABLE.test(name)) checker.report(`${path}.${name}`, 'is not a variable name');
      else if (name === 'states') checker.report(`${path}.${name}`, '$states is reserved');
    }
    inner(value, path, checker);
  };
}

export const errorNames: Check = (value, path, checker) => {
  const names = Array.isArray(value) ? value : [];
  if (names.length === 0 || !names.every(name => typeof name === 'string' && name !== '')) {
    checker.report(path, 'must be an array of error names that is not empty');
  } else if (names.includes('States.ALL') && names.length > 1) {
    checker.report(path, 'States.ALL must stand alone');
  }
};

/** A list of objects of one shape, not empty unless `mayBeEmpty`. */
export function listOf(check: Check, mayBeEmpty = false): Check {
  return (value, path, checker) => {
    if (!Array.isArray(value) || (value.length === 0 && !mayBeEmpty)) {
      return checker.report(path, mayBeEmpty ? 'must be an array' : 'must be an array that is not empty');
    }
    value.forEach((item, i) => {
      check(item, `${path}[${i}]`, checker);
    });
  };
}

export interface Field {
  check: Check;
  required?: true;
}

export type Shape = Readonly<Record<string, Field>>;

/** Members that are missing or unknown, and each known one by its own check. */
export function checkShape(
  value: Record<string, unknown>,
  path: string,
  shape: Shape,
  checker: Checker,
  unknown: (key: string) => string = () => 'is not a field here',
): void {
  const at = (key: string) => (path === '' ? key : `${path}.${key}`);
  for (const [key, member] of Object.entries(value)) {
    const field = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (field) field.check(member, at(key), checker);
    else checker.report(at(key), unknown(key));
  }
  for (const [key, { required }] of Object.entries(shape)) {
    if (required && !Object.hasOwn(value, key)) checker.report(at(key), 'is missing');
  }
}
