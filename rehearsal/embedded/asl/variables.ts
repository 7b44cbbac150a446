import { AslError } from './errors';
import { byteLength, type Json, type JsonObject } from './json';
import type { Limits } from './limits';

/** Bytes of all variables that one execution holds. */
export class VariableBudget {
  used = 0;

  constructor(readonly limits: Limits) {}
}

/**
 * The variables of one scope: the state machine's top level, a Parallel branch or an INLINE iteration. Inner scopes
 * read outer ones and cannot write them; the definition's check has made sure that no name occurs in both.
 * https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
export class Variables {
  private readonly own = new Map<string, { value: Json; bytes: number }>();

  constructor(
    private readonly budget: VariableBudget,
    private readonly outer?: Variables,
  ) {}

  /** All that is visible here, by name. */
  visible(): JsonObject {
    const values: JsonObject = this.outer ? this.outer.visible() : {};
    for (const [name, { value }] of this.own) values[name] = value;
    return values;
  }

  /** @throws AslError States.DataLimitExceeded, before anything is changed. */
  check(values: JsonObject): void {
    const { limits, used } = this.budget;
    const sizes = Object.entries(values).map(([name, value]) => ({ name, bytes: byteLength(value) }));
    const sum = sizes.reduce((total, { bytes }) => total + bytes, 0);
    const replaced = sizes.reduce((total, { name }) => total + (this.own.get(name)?.bytes ?? 0), 0);
    const big = sizes.find(({ bytes }) => bytes > limits.variableBytes);
    if (big) throw tooBig(`The variable '${big.name}' has`);
    if (sum > limits.variableBytes) throw tooBig('The variables of one Assign have');
    if (used + sum - replaced > limits.variablesBytes) throw tooBig("The execution's variables have");
  }

  assign(values: JsonObject): void {
    this.check(values);
    for (const [name, value] of Object.entries(values)) {
      const bytes = byteLength(value);
      this.budget.used += bytes - (this.own.get(name)?.bytes ?? 0);
      this.own.set(name, { value, bytes });
    }
  }

  /** The scope has ended and its variables with it. */
  release(): void {
    for (const { bytes } of this.own.values()) this.budget.used -= bytes;
    this.own.clear();
  }
}

function tooBig(what: string): AslError {
  return new AslError(
    'States.DataLimitExceeded',
    `${what} a size exceeding the maximum number of bytes service limit.`,
  );
}
