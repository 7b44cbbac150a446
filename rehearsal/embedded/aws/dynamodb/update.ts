import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { Invalid } from './invalid';
import { find, overlap, put, remove, written } from './paths';
import type { PathStep, Tokens } from './tokens';
import { addNumbers, type Item, typeOf } from './values';

type Operand =
  | { kind: 'path'; path: PathStep[] }
  | { kind: 'value'; value: AttributeValue }
  | { kind: 'if-not-exists'; path: PathStep[]; otherwise: Operand }
  | { kind: 'list-append'; left: Operand; right: Operand }
  | { kind: 'sum'; left: Operand; right: Operand; sign: 1 | -1 };

type Step =
  | { kind: 'set'; path: PathStep[]; to: Operand }
  | { kind: 'remove'; path: PathStep[] }
  | { kind: 'add' | 'delete'; path: PathStep[]; value: AttributeValue };

export type Update = readonly Step[];

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html */
export function parseUpdate(tokens: Tokens): Update {
  const steps: Step[] = [];
  const seen = new Set<string>();
  while (tokens.peek() !== undefined) {
    const clause = tokens.take().toUpperCase();
    if (seen.has(clause)) {
      throw new Invalid(
        `Invalid UpdateExpression: The "${clause}" section can only be used once in an update expression;`,
      );
    }
    seen.add(clause);
    do steps.push(parseStep(clause, tokens));
    while (tokens.skip(','));
  }
  refuseOverlaps(steps);
  return steps;
}

/**
 * The item after the update. All operands are read from the item as it was before:
 * "all of the actions are performed against the item before any changes" (same page).
 */
export function applyUpdate(update: Update, before: Item): Item {
  const after = structuredClone(before);
  // Removals from a list shift what follows, so they come last and from the end.
  const removals = update.filter(step => step.kind === 'remove').reverse();
  for (const step of update) {
    if (step.kind === 'set') put(after, step.path, structuredClone(evaluate(step.to, before)));
    else if (step.kind === 'add') put(after, step.path, added(find(before, step.path), step.value));
    else if (step.kind === 'delete') takeOut(after, step.path, step.value);
  }
  for (const { path } of removals) remove(after, path);
  return after;
}

/** The names of the top-level attributes that an update writes. */
export function updatedNames(update: Update): string[] {
  return update.map(({ path }) => String(path[0]));
}

function parseStep(clause: string, tokens: Tokens): Step {
  switch (clause) {
    case 'SET': {
      const path = tokens.path();
      tokens.expect('=');
      return { kind: 'set', path, to: parseSum(tokens) };
    }
    case 'REMOVE':
      return { kind: 'remove', path: tokens.path() };
    case 'ADD':
    case 'DELETE': {
      const path = tokens.path();
      const value = tokens.placeholders.value(tokens.take(), tokens.kind);
      const allowed = clause === 'ADD' ? ['N', 'SS', 'NS'] : ['SS', 'NS'];
      if (!allowed.includes(typeOf(value))) {
        throw new Invalid(
          `Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ${clause}, operand type: ${typeOf(value)}`,
        );
      }
      return { kind: clause === 'ADD' ? 'add' : 'delete', path, value };
    }
    default:
      throw tokens.syntaxError();
  }
}

function parseSum(tokens: Tokens): Operand {
  const left = parseOperand(tokens);
  if (tokens.skip('+')) return { kind: 'sum', left, right: parseOperand(tokens), sign: 1 };
  if (tokens.skip('-')) return { kind: 'sum', left, right: parseOperand(tokens), sign: -1 };
  return left;
}

function parseOperand(tokens: Tokens): Operand {
  const token = tokens.peek();
  if (token?.startsWith(':'))
    return { kind: 'value', value: tokens.placeholders.value(tokens.take(), tokens.kind) };
  if (tokens.peek(1) !== '(') return { kind: 'path', path: tokens.path() };
  const name = tokens.take();
  tokens.expect('(');
  if (name === 'if_not_exists') {
    const path = tokens.path();
    tokens.expect(',');
    const otherwise = parseOperand(tokens);
    tokens.expect(')');
    return { kind: 'if-not-exists', path, otherwise };
  }
  if (name === 'list_append') {
    const left = parseOperand(tokens);
    tokens.expect(',');
    const right = parseOperand(tokens);
    tokens.expect(')');
    return { kind: 'list-append', left, right };
  }
  throw new Invalid(`Invalid UpdateExpression: Invalid function name; function: ${name}`);
}

function evaluate(operand: Operand, item: Item): AttributeValue {
  switch (operand.kind) {
    case 'value':
      return operand.value;
    case 'path':
      return find(item, operand.path) ?? refuseMissing();
    case 'if-not-exists':
      return find(item, operand.path) ?? evaluate(operand.otherwise, item);
    case 'list-append': {
      const [left, right] = [evaluate(operand.left, item).L, evaluate(operand.right, item).L];
      if (!left || !right)
        throw new Invalid('An operand in the update expression has an incorrect data type');
      return { L: [...left, ...right] };
    }
    case 'sum':
      return addNumbers(evaluate(operand.left, item), evaluate(operand.right, item), operand.sign);
  }
}

/** ADD to nothing makes the number or the set. */
function added(current: AttributeValue | undefined, value: AttributeValue): AttributeValue {
  if (current === undefined) return structuredClone(value);
  if (typeOf(current) !== typeOf(value)) {
    throw new Invalid('An operand in the update expression has an incorrect data type');
  }
  if (value.SS) return { SS: [...new Set([...(current.SS ?? []), ...value.SS])] };
  if (value.NS) return { NS: [...new Set([...(current.NS ?? []), ...value.NS])] };
  return addNumbers(current, value, 1);
}

/** A set that loses its last element is gone. */
function takeOut(item: Item, path: PathStep[], value: AttributeValue): void {
  const current = find(item, path);
  if (current === undefined) return;
  if (typeOf(current) !== typeOf(value)) {
    throw new Invalid('An operand in the update expression has an incorrect data type');
  }
  const type = value.SS ? 'SS' : 'NS';
  const left = (current[type] ?? []).filter(text => !(value[type] ?? []).includes(text));
  if (left.length === 0) remove(item, path);
  else put(item, path, type === 'SS' ? { SS: left } : { NS: left });
}

function refuseOverlaps(steps: readonly Step[]): void {
  steps.forEach((step, index) => {
    const other = steps.slice(index + 1).find(({ path }) => overlap(path, step.path));
    if (!other) return;
    throw new Invalid(
      `Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: ${written(step.path)}, path two: ${written(other.path)}`,
    );
  });
}

function refuseMissing(): never {
  throw new Invalid('The provided expression refers to an attribute that does not exist in the item');
}
