/**
 * The kinds of field that the schema is built from. Each knows its pattern, which the JSON Schema publishes,
 * and its message, which says what would be right.
 */
import { z } from 'zod';
import { DURATION, formatDuration, parseDuration } from './duration';
import { listed, show } from './problem';

interface RawIssue {
  readonly code?: string | undefined;
  readonly input?: unknown;
}

/**
 * @param what the thing with its article: `an app name`
 * @param hint an order to the writer: `write lower-case letters`
 * @param none how to say that there is nothing, for who wrote the key and no value
 */
function complain(what: string, hint: string, none = ''): (issue: RawIssue) => string {
  return ({ input }) => {
    if (input === undefined) return `is missing; ${hint}`;
    if (input === null) return `is empty; ${hint}${none}`;
    return `${show(input)} is not ${what}; ${hint}`;
  };
}

interface TextKind {
  what: string;
  hint: string;
  pattern: RegExp;
  /** Longest, in characters, where the pattern does not say. */
  max?: number;
  /** For editors. */
  examples?: readonly string[];
  /** For rules that a pattern cannot hold, or a better message for a common slip. @returns undefined when right. */
  slip?: (text: string) => string | undefined;
  /** For a YAML value that should have been quoted. @returns undefined for the ordinary message. */
  notText?: (value: unknown) => string | undefined;
}

/** A text with a pattern; one message at most. */
export function text(kind: TextKind) {
  const error = complain(kind.what, kind.hint);
  const unquoted = ({ input }: RawIssue): string => {
    const better = kind.notText?.(input);
    if (better !== undefined) return better;
    if (typeof input === 'number' || typeof input === 'boolean') {
      return `${show(input)} is not a text; put it in quotes: "${String(input)}"`;
    }
    return error({ input });
  };
  const { slip, max } = kind;
  let schema = z.string({ error: unquoted }).regex(kind.pattern, {
    error: issue => (typeof issue.input === 'string' ? slip?.(issue.input) : undefined) ?? error(issue),
    abort: true,
  });
  if (max !== undefined) {
    const tooLong = `is too long for ${kind.what}; at most ${max} characters`;
    schema = schema.max(max, { error: issue => `${show(issue.input)} ${tooLong}`, abort: true });
  }
  if (slip !== undefined) {
    schema = schema.check(context => {
      const message = slip(context.value);
      if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
    });
  }
  return kind.examples === undefined ? schema : schema.meta({ examples: kind.examples });
}

/** @param min, max in seconds, both allowed */
export function duration(range: { min: number; max: number }) {
  const hint = 'write it like 10s, 90m or 1h30m';
  const outside = `write a duration from ${formatDuration(range.min)} to ${formatDuration(range.max)}`;
  return text({
    what: 'a duration',
    hint,
    examples: ['10s', '90m', '1h30m'],
    pattern: DURATION,
    notText: value => (typeof value === 'number' ? `${value} is not a duration; ${hint}` : undefined),
    slip: written => {
      if (/\dms$/.test(written))
        return `${show(written)} is not a duration; the smallest unit is the second, ${hint}`;
      const seconds = parseDuration(written);
      if (seconds === undefined) return undefined;
      if (seconds < range.min) return `${show(written)} is too short; ${outside}`;
      if (seconds > range.max) return `${show(written)} is too long; ${outside}`;
      return undefined;
    },
  });
}

/** @param what with its article: `an HTTP status` @param min, max both allowed */
export function wholeNumber(what: string, min: number, max: number) {
  const error = complain(what, `write a whole number from ${min} to ${max}`);
  return z.number({ error }).int({ error, abort: true }).min(min, { error, abort: true }).max(max, { error });
}

/** @param later known words that are planned: they get their own message and stay out of the JSON Schema */
export function oneOf<const Words extends readonly [string, ...string[]]>(
  what: string,
  words: Words,
  later: readonly string[] = [],
) {
  const ordinary = complain(what, `write ${listed(words)}`);
  return z.enum(words, {
    error: issue =>
      typeof issue.input === 'string' && later.includes(issue.input)
        ? `${show(issue.input)} is not built yet; use ${listed(words)}`
        : ordinary(issue),
  });
}

/** A map with these keys and no other. @param what with its article @param hint an order to the writer */
export function map<Shape extends z.core.$ZodLooseShape>(what: string, hint: string, shape: Shape) {
  const error = complain(what, hint);
  // Unknown keys get their message in explain.ts, which knows all keys and finds the nearest.
  return z.strictObject(shape, {
    error: issue => (issue.code === 'invalid_type' ? error(issue) : undefined),
  });
}

/** A list. @param what with its article @param min fewest entries */
export function list<Element extends z.core.SomeType>(what: string, hint: string, element: Element, min = 0) {
  const error = complain(what, hint, min === 0 ? ', or [] for none' : '');
  const any = z.array(element, { error });
  return min === 0 ? any : any.min(min, { error: () => `is an empty list; ${hint}` });
}

/** A map whose keys the user chooses. */
export function table<Key extends z.core.$ZodRecordKey, Value extends z.core.SomeType>(
  what: string,
  hint: string,
  key: Key,
  value: Value,
) {
  const error = complain(what, hint, ', or {} for none');
  return z.record(key, value, { error: issue => (issue.code === 'invalid_type' ? error(issue) : undefined) });
}
