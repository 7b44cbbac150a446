import jsonata from 'jsonata';
import { expressionOf, type Template } from './definition';
import { functionBindings, type Sources } from './functions';
import { isObject, type Json, NotJson, toJson, typeName } from './json';

/** An expression failed. `field` is where it stands in its state, as Step Functions writes it: `Output/a/b[0]`. */
export class QueryFailure extends Error {
  override name = 'QueryFailure';

  constructor(
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}

/** `$states` and the variables by their names. */
export type Bindings = Record<string, unknown>;

/**
 * "one expression may nest 100 levels, which is AWS's own ceiling" (measured on AWS for floci-io/floci,
 * docs/services/step-functions.md).
 */
const MAX_DEPTH = 100;

/**
 * Evaluates JSONata. Each expression is compiled once; bindings go with each call, so evaluations that overlap do
 * not see each other's.
 */
export class Query {
  private readonly compiled = new Map<string, jsonata.Expression>();
  private readonly functions: Record<string, unknown>;

  constructor(sources: Sources) {
    const formatter = jsonata('$fromMillis($ms, $picture, $zone)');
    this.functions = functionBindings(sources, (ms, picture, zone) =>
      formatter.evaluate(undefined, { ms, picture, zone }),
    );
  }

  /** @throws what jsonata throws for a syntax error: an object with `code` and `message`. */
  compile(text: string): jsonata.Expression {
    let expression = this.compiled.get(text);
    if (!expression) {
      expression = jsonata(text, { stack: MAX_DEPTH });
      this.compiled.set(text, expression);
    }
    return expression;
  }

  /**
   * The template's value, each `{% … %}` string within it replaced by what it evaluates to.
   * @throws QueryFailure
   */
  async evaluate(template: Template, field: string, bindings: Bindings): Promise<Json> {
    const text = expressionOf(template);
    if (text !== undefined) return this.expression(text, field, bindings);
    if (Array.isArray(template)) {
      const items: Json[] = [];
      for (const [i, item] of template.entries())
        items.push(await this.evaluate(item, `${field}[${i}]`, bindings));
      return items;
    }
    if (isObject(template)) {
      const members: [string, Json][] = [];
      for (const [key, member] of Object.entries(template)) {
        members.push([key, await this.evaluate(member, `${field}/${key}`, bindings)]);
      }
      return Object.fromEntries(members);
    }
    return template;
  }

  private async expression(text: string, field: string, bindings: Bindings): Promise<Json> {
    const about = `The JSONata expression '${text}' specified for the field '${field}'`;
    let value: unknown;
    try {
      // No context item: a path that starts from neither $states nor a variable has nothing to start from.
      value = await this.compile(text).evaluate(undefined, { ...this.functions, ...bindings });
    } catch (error) {
      throw new QueryFailure(field, `${about} threw an error during evaluation. ${describe(error)}`);
    }
    try {
      return toJson(value);
    } catch (error) {
      if (error instanceof NotJson) throw new QueryFailure(field, `${about} ${error.message}`);
      throw error;
    }
  }
}

/** jsonata throws plain objects with a code; the functions above throw errors. */
export function describe(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = typeof message === 'string' ? message : String(error);
  return typeof code === 'string' ? `${code}: ${text}` : text;
}

/** @throws QueryFailure with the words that Step Functions uses for a wrong type. */
export function unexpectedType(
  template: Template,
  field: string,
  expected: string,
  value: Json,
): QueryFailure {
  const text = expressionOf(template);
  const about =
    text === undefined
      ? `The value specified for the field '${field}'`
      : `The JSONata expression '${text}' specified for the field '${field}'`;
  return new QueryFailure(
    field,
    `${about} returned an unexpected result type. Expected '${expected}', but was '${typeName(value)}' for value: ${JSON.stringify(value)}`,
  );
}
