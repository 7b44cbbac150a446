import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { FakeLimit } from '../fake-limit';
import { Invalid } from './invalid';

/** An item in the wire form: `{ pk: { S: 'app#1' } }`. */
export type Item = Record<string, AttributeValue>;

export type ValueType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'M' | 'L' | 'SS' | 'NS' | 'BS';

/** Checks a value and everything in it. @throws Invalid */
export function checkValue(value: AttributeValue): void {
  const type = typeOf(value);
  if (type === 'B' || type === 'BS') throw new FakeLimit('DynamoDB binary values');
  if (type === 'NULL' && value.NULL !== true) {
    throw new Invalid('Null attribute value types must have the value of true');
  }
  if (type === 'N') checkNumber(value.N ?? '');
  for (const number of value.NS ?? []) checkNumber(number);
  if (type === 'NS' || type === 'SS') checkSet(value.NS ?? value.SS ?? []);
  for (const inner of value.L ?? Object.values(value.M ?? {})) checkValue(inner);
}

export function typeOf(value: AttributeValue): ValueType {
  const [type, ...more] = Object.keys(value);
  if (type === undefined) {
    throw new Invalid(
      'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    );
  }
  if (more.length > 0) {
    throw new Invalid(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  return type as ValueType;
}

/** Numbers are equal by value, sets without regard to order. */
export function sameValue(left: AttributeValue, right: AttributeValue): boolean {
  const type = typeOf(left);
  if (type !== typeOf(right)) return false;
  switch (type) {
    case 'N':
      return Number(left.N) === Number(right.N);
    case 'SS':
      return sameTexts(left.SS ?? [], right.SS ?? []);
    case 'NS':
      return sameTexts((left.NS ?? []).map(plainNumber), (right.NS ?? []).map(plainNumber));
    case 'L':
      return sameList(left.L ?? [], right.L ?? []);
    case 'M':
      return sameMap(left.M ?? {}, right.M ?? {});
    default:
      return Object.values(left)[0] === Object.values(right)[0];
  }
}

/** Order of strings and numbers. @returns undefined when the two cannot be compared: then no condition holds. */
export function compareValues(left: AttributeValue, right: AttributeValue): number | undefined {
  const type = typeOf(left);
  if (type !== typeOf(right)) return undefined;
  if (type === 'N') return Number(left.N) - Number(right.N);
  if (type === 'S') return Buffer.compare(Buffer.from(left.S ?? ''), Buffer.from(right.S ?? ''));
  return undefined;
}

/** `+` and `-` of an update expression. Whole numbers keep all their digits. */
export function addNumbers(left: AttributeValue, right: AttributeValue, sign: 1 | -1): AttributeValue {
  const [a, b] = [left.N, right.N];
  if (a === undefined || b === undefined) {
    throw new Invalid('An operand in the update expression has an incorrect data type');
  }
  if (/^-?\d+$/.test(a) && /^-?\d+$/.test(b)) return { N: String(BigInt(a) + BigInt(sign) * BigInt(b)) };
  return { N: String(Number(a) + sign * Number(b)) };
}

/**
 * Bytes that an item counts for: UTF-8 of names and strings, about half a byte per digit of a number, three bytes
 * and one per element for lists and maps.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSize(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + bytes(name) + valueSize(value), 0);
}

function valueSize(value: AttributeValue): number {
  switch (typeOf(value)) {
    case 'S':
      return bytes(value.S ?? '');
    case 'N':
      return numberSize(value.N ?? '');
    case 'SS':
      return (value.SS ?? []).reduce((sum, text) => sum + bytes(text), 0);
    case 'NS':
      return (value.NS ?? []).reduce((sum, text) => sum + numberSize(text), 0);
    case 'L':
      return 3 + (value.L ?? []).reduce((sum, inner) => sum + 1 + valueSize(inner), 0);
    case 'M':
      return 3 + itemSize(value.M ?? {}) + Object.keys(value.M ?? {}).length;
    default:
      return 1;
  }
}

function numberSize(text: string): number {
  return Math.ceil(text.replace(/[-.]/g, '').length / 2) + 1;
}

function bytes(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

function checkNumber(text: string): void {
  if (!/^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) {
    throw new Invalid(`The parameter cannot be converted to a numeric value: ${text}`);
  }
  const significant = text
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+/, '');
  if (significant.length > 38)
    throw new Invalid('Attempting to store more than 38 significant digits in a Number');
}

function checkSet(texts: readonly string[]): void {
  if (texts.length === 0)
    throw new Invalid('One or more parameter values were invalid: An string set  may not be empty');
  if (new Set(texts).size !== texts.length) {
    throw new Invalid(
      `One or more parameter values were invalid: Input collection [${texts.join(', ')}] contains duplicates.`,
    );
  }
}

function plainNumber(text: string): string {
  return String(Number(text));
}

function sameTexts(left: string[], right: string[]): boolean {
  return JSON.stringify([...left].sort()) === JSON.stringify([...right].sort());
}

function sameList(left: AttributeValue[], right: AttributeValue[]): boolean {
  if (left.length !== right.length) return false;
  return left.every((value, index) => {
    const other = right[index];
    return other !== undefined && sameValue(value, other);
  });
}

function sameMap(left: Item, right: Item): boolean {
  if (Object.keys(left).length !== Object.keys(right).length) return false;
  return Object.entries(left).every(([name, value]) => {
    const other = right[name];
    return other !== undefined && sameValue(value, other);
  });
}
