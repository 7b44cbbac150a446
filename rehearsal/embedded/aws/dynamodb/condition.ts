import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { FakeLimit } from '../fake-limit';
import { Invalid } from './invalid';
import { find } from './paths';
import type { PathStep, Tokens } from './tokens';
import { compareValues, type Item, sameValue, typeOf } from './values';

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Operand = { kind: 'path'; path: PathStep[] } | { kind: 'value'; value: AttributeValue };

export type Condition =
  | { kind: 'and' | 'or'; left: Condition; right: Condition }
  | { kind: 'not'; of: Condition }
  | { kind: 'compare'; comparator: Comparator; left: Operand; right: Operand }
  | { kind: 'exists'; path: PathStep[]; wanted: boolean }
  | { kind: 'begins-with'; path: PathStep[]; prefix: Operand };

/**
 * Condition, filter and key condition expressions.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 * NOT binds more tightly than AND, AND more tightly than OR.
 */
export function parseCondition(tokens: Tokens): Condition {
  const condition = parseOr(tokens);
  tokens.expectEnd();
  return condition;
}

/** An item that is not there has no attributes. */
export function holds(condition: Condition, item: Item | undefined): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, item) && holds(condition.right, item);
    case 'or':
      return holds(condition.left, item) || holds(condition.right, item);
    case 'not':
      return !holds(condition.of, item);
    case 'exists':
      return (find(item, condition.path) !== undefined) === condition.wanted;
    case 'begins-with': {
      const text = find(item, condition.path)?.S;
      const prefix = operandValue(condition.prefix, item)?.S;
      return text !== undefined && prefix !== undefined && text.startsWith(prefix);
    }
    case 'compare':
      return compares(
        condition.comparator,
        operandValue(condition.left, item),
        operandValue(condition.right, item),
      );
  }
}

function compares(
  comparator: Comparator,
  left: AttributeValue | undefined,
  right: AttributeValue | undefined,
): boolean {
  // A comparison with an attribute that is not there does not hold, except that it is different from everything.
  if (left === undefined || right === undefined) return comparator === '<>' && left !== right;
  if (comparator === '=') return sameValue(left, right);
  if (comparator === '<>') return !sameValue(left, right);
  const order = compareValues(left, right);
  if (order === undefined) return false;
  switch (comparator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function operandValue(operand: Operand, item: Item | undefined): AttributeValue | undefined {
  return operand.kind === 'value' ? operand.value : find(item, operand.path);
}

function parseOr(tokens: Tokens): Condition {
  let left = parseAnd(tokens);
  while (tokens.skip('OR')) left = { kind: 'or', left, right: parseAnd(tokens) };
  return left;
}

function parseAnd(tokens: Tokens): Condition {
  let left = parseNot(tokens);
  while (tokens.skip('AND')) left = { kind: 'and', left, right: parseNot(tokens) };
  return left;
}

function parseNot(tokens: Tokens): Condition {
  if (tokens.skip('NOT')) return { kind: 'not', of: parseNot(tokens) };
  if (tokens.skip('(')) {
    const inner = parseOr(tokens);
    tokens.expect(')');
    return inner;
  }
  if (tokens.peek(1) === '(') return parseFunction(tokens);
  return parseComparison(tokens);
}

function parseFunction(tokens: Tokens): Condition {
  const name = tokens.take();
  tokens.expect('(');
  const path = tokens.path();
  switch (name) {
    case 'attribute_exists':
    case 'attribute_not_exists':
      tokens.expect(')');
      return { kind: 'exists', path, wanted: name === 'attribute_exists' };
    case 'begins_with': {
      tokens.expect(',');
      const prefix = parseOperand(tokens);
      tokens.expect(')');
      if (prefix.kind === 'value' && typeOf(prefix.value) !== 'S') {
        throw new Invalid(
          `Invalid ${tokens.kind}: Incorrect operand type for operator or function; operator or function: begins_with, operand type: ${typeOf(prefix.value)}`,
        );
      }
      return { kind: 'begins-with', path, prefix };
    }
    case 'attribute_type':
    case 'contains':
    case 'size':
      throw new FakeLimit(`DynamoDB function ${name}`);
    default:
      throw new Invalid(`Invalid ${tokens.kind}: Invalid function name; function: ${name}`);
  }
}

function parseComparison(tokens: Tokens): Condition {
  const left = parseOperand(tokens);
  if (tokens.isKeyword('BETWEEN') || tokens.isKeyword('IN'))
    throw new FakeLimit(`DynamoDB operator ${tokens.peek()}`);
  const comparator = tokens.peek();
  if (!isComparator(comparator)) throw tokens.syntaxError();
  tokens.take();
  return { kind: 'compare', comparator, left, right: parseOperand(tokens) };
}

function parseOperand(tokens: Tokens): Operand {
  if (!tokens.peek()?.startsWith(':')) return { kind: 'path', path: tokens.path() };
  return { kind: 'value', value: tokens.placeholders.value(tokens.take(), tokens.kind) };
}

function isComparator(token: string | undefined): token is Comparator {
  return token !== undefined && ['=', '<>', '<', '<=', '>', '>='].includes(token);
}
