import {
  assign,
  booleanOrExpression,
  type Check,
  type Checker,
  checkShape,
  errorNames,
  type Field,
  integer,
  integerOrExpression,
  listOf,
  numberFrom,
  one,
  percentageOrExpression,
  type Shape,
  string,
  stringOrExpression,
  template,
  text,
  timestampOrExpression,
} from './checks';
import {
  expressionOf,
  JSONPATH_FIELDS,
  parseTimestamp,
  type StateType,
  UNSUPPORTED_FIELDS,
} from './definition';
import { isObject } from './json';
import { LAMBDA_ARGUMENTS, parseResource } from './resource';

/** https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html: less than 31,622,400 */
const MAX_DELAY = 31_622_399;
const MAX_SECONDS = 99_999_999;

export function unknownField(key: string): string {
  if (JSONPATH_FIELDS.has(key)) return 'is a JSONPath field; this state machine is JSONata';
  if (UNSUPPORTED_FIELDS.has(key)) return 'is not supported by this interpreter';
  return 'is not a field here';
}

/** A check for an object of one shape, and something that concerns it as a whole. */
function object(
  shape: Shape,
  whole?: (value: Record<string, unknown>, path: string, c: Checker) => void,
): Check {
  return (value, path, checker) => {
    if (!isObject(value)) return checker.report(path, 'must be an object');
    checkShape(value, path, shape, checker, unknownField);
    whole?.(value, path, checker);
  };
}

const optional = (check: Check): Field => ({ check });
const required = (check: Check): Field => ({ check, required: true });

const retrier = object(
  {
    ErrorEquals: required(errorNames),
    IntervalSeconds: optional(integer(1, MAX_SECONDS)),
    BackoffRate: optional(numberFrom(1)),
    MaxAttempts: optional(integer(0, MAX_SECONDS)),
    MaxDelaySeconds: optional(integer(1, MAX_DELAY)),
    JitterStrategy: optional(one('FULL', 'NONE')),
    Comment: optional(string),
  },
  ({ MaxDelaySeconds, IntervalSeconds = 1 }, path, checker) => {
    if (typeof MaxDelaySeconds === 'number' && MaxDelaySeconds <= Number(IntervalSeconds)) {
      checker.report(`${path}.MaxDelaySeconds`, 'must be larger than IntervalSeconds');
    }
  },
);

const catcher = object({
  ErrorEquals: required(errorNames),
  Next: required(text),
  Output: optional(template('errorOutput')),
  Assign: optional(assign('errorOutput')),
  Comment: optional(string),
});

/** States.ALL "must appear alone in the ErrorEquals array and must appear in the last retrier". */
function recoveryList(item: Check): Check {
  const list = listOf(item, true);
  return (value, path, checker) => {
    list(value, path, checker);
    if (!Array.isArray(value)) return;
    value.slice(0, -1).forEach((entry, i) => {
      const names = isObject(entry) ? entry.ErrorEquals : undefined;
      if (Array.isArray(names) && names.includes('States.ALL')) {
        checker.report(`${path}[${i}].ErrorEquals`, 'States.ALL must come last');
      }
    });
  };
}

const rule = object({
  Condition: required(booleanOrExpression),
  Next: required(text),
  Output: optional(template()),
  Assign: optional(assign()),
  Comment: optional(string),
});

const resource: Check = (value, path, checker) => {
  if (typeof value !== 'string') return checker.report(path, 'must be a string');
  try {
    const { base } = parseResource(value);
    if (checker.resources.includes(value) || checker.resources.includes(base)) return;
    checker.report(path, `unknown Resource '${value}'`);
  } catch (error) {
    checker.report(path, error instanceof Error ? error.message : String(error));
  }
};

const label: Check = (value, path, checker) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: AWS forbids exactly these.
  if (typeof value !== 'string' || /[\s?*<>{}[\]:;,\\|^~$#%&`"\u0000-\u001f\u007f-\u009f]/.test(value)) {
    checker.report(path, 'must be a string without whitespace, wildcards, brackets and special characters');
  } else if (value.length < 1 || value.length > 40) {
    checker.report(path, 'must have 1 to 40 characters');
  }
};

const end: Check = (value, path, checker) => {
  if (value !== true) checker.report(path, 'must be true');
};

const COMMON: Shape = {
  Type: required(text),
  Comment: optional(string),
  QueryLanguage: optional(one('JSONata')),
};
const transition: Shape = { Next: optional(text), End: optional(end) };
const recovery: Shape = {
  Retry: optional(recoveryList(retrier)),
  Catch: optional(recoveryList(catcher)),
};
const yields = (...readable: 'result'[]): Shape => ({
  Output: optional(template(...readable)),
  Assign: optional(assign(...readable)),
});
/** Checked where scopes are walked. */
const scope: Field = {
  check: () => undefined,
  required: true,
};

/** The fields of each state type in the JSONata query language. */
export const STATE_SHAPES: Readonly<Record<StateType, Shape>> = {
  Task: {
    ...COMMON,
    ...transition,
    ...recovery,
    ...yields('result'),
    Resource: required(resource),
    Arguments: optional(template()),
    TimeoutSeconds: optional(integerOrExpression(1, MAX_SECONDS)),
    HeartbeatSeconds: optional(integerOrExpression(1, MAX_SECONDS)),
  },
  Pass: { ...COMMON, ...transition, ...yields() },
  Choice: { ...COMMON, ...yields(), Choices: required(listOf(rule)), Default: optional(text) },
  Wait: {
    ...COMMON,
    ...transition,
    ...yields(),
    Seconds: optional(integerOrExpression(0, MAX_SECONDS)),
    Timestamp: optional(timestampOrExpression(parseTimestamp)),
  },
  Succeed: { ...COMMON, Output: optional(template()) },
  Fail: { ...COMMON, Error: optional(stringOrExpression), Cause: optional(stringOrExpression) },
  Parallel: {
    ...COMMON,
    ...transition,
    ...recovery,
    ...yields('result'),
    Branches: scope,
    Arguments: optional(template()),
  },
  Map: {
    ...COMMON,
    ...transition,
    ...recovery,
    ...yields('result'),
    ItemProcessor: scope,
    Items: optional(items),
    ItemSelector: optional(template()),
    MaxConcurrency: optional(integerOrExpression(0)),
    ToleratedFailureCount: optional(integerOrExpression(0)),
    ToleratedFailurePercentage: optional(percentageOrExpression),
    Label: optional(label),
  },
};

function items(value: unknown, path: string, checker: Checker) {
  if (!Array.isArray(value) && expressionOf(value) === undefined) {
    checker.report(path, 'must be an array, or a JSONata string');
  } else template()(value, path, checker);
}

/** Rules that concern a state's fields together. */
export function checkTogether(state: Record<string, unknown>, path: string, checker: Checker): void {
  if (state.Type === 'Task') checkTask(state, path, checker);
  if (state.Type === 'Wait' && (state.Seconds === undefined) === (state.Timestamp === undefined)) {
    checker.report(path, 'must have exactly one of Seconds and Timestamp');
  }
  if (state.Type === 'Map') checkMap(state, path, checker);
}

function checkTask(state: Record<string, unknown>, path: string, checker: Checker) {
  const { HeartbeatSeconds: heartbeat, TimeoutSeconds: timeout, Arguments: args } = state;
  if (typeof heartbeat === 'number' && typeof timeout === 'number' && heartbeat >= timeout) {
    checker.report(`${path}.HeartbeatSeconds`, 'must be smaller than TimeoutSeconds');
  }
  const lambda = typeof state.Resource === 'string' && /:::lambda:invoke(\.|$)/.test(state.Resource);
  if (!lambda || expressionOf(args) !== undefined) return;
  const any = optional(() => undefined);
  const known = Object.fromEntries(LAMBDA_ARGUMENTS.map(name => [name, any]));
  const shape = { ...known, FunctionName: required(() => undefined) };
  if (isObject(args)) checkShape(args, `${path}.Arguments`, shape, checker);
  else checker.report(`${path}.Arguments`, 'must be an object with FunctionName');
}

function checkMap(state: Record<string, unknown>, path: string, checker: Checker) {
  const processor = isObject(state.ItemProcessor) ? state.ItemProcessor : {};
  const config = isObject(processor.ProcessorConfig) ? processor.ProcessorConfig : {};
  if (state.Label !== undefined && config.Mode !== 'DISTRIBUTED') {
    checker.report(`${path}.Label`, 'is for DISTRIBUTED mode only');
  }
}

/** ItemProcessor.ProcessorConfig. */
export const processorConfig = object(
  {
    Mode: optional(one('INLINE', 'DISTRIBUTED')),
    ExecutionType: optional(one('STANDARD')),
  },
  ({ Mode, ExecutionType }, path, checker) => {
    if (Mode === 'DISTRIBUTED' && ExecutionType === undefined) {
      checker.report(`${path}.ExecutionType`, 'is missing');
    } else if (Mode !== 'DISTRIBUTED' && ExecutionType !== undefined) {
      checker.report(`${path}.ExecutionType`, 'is for DISTRIBUTED mode only');
    }
  },
);
