import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { Invalid } from './invalid';
import type { PathStep } from './tokens';
import type { Item } from './values';

export function find(item: Item | undefined, path: readonly PathStep[]): AttributeValue | undefined {
  let found: AttributeValue | undefined = item && { M: item };
  for (const step of path) found = typeof step === 'number' ? found?.L?.[step] : own(found?.M, step);
  return found;
}

/** Writes into `item`. The place's parent must be there and of the right kind; a list grows at its end. */
export function put(item: Item, path: readonly PathStep[], value: AttributeValue): void {
  const { parent, last } = parentOf(item, path);
  if (typeof last === 'string' && parent?.M) parent.M[last] = value;
  else if (typeof last === 'number' && parent?.L) parent.L.splice(Math.min(last, parent.L.length), 1, value);
  else throw invalidPath();
}

/** Removes what is there. Nothing there is no error, a path through something else is one. */
export function remove(item: Item, path: readonly PathStep[]): void {
  const { parent, last } = parentOf(item, path);
  if (typeof last === 'string' && parent?.M) delete parent.M[last];
  else if (typeof last === 'number' && parent?.L) parent.L.splice(last, 1);
  else throw invalidPath();
}

/** Whether one path is the other, or leads to it. */
export function overlap(left: readonly PathStep[], right: readonly PathStep[]): boolean {
  const length = Math.min(left.length, right.length);
  return left.slice(0, length).every((step, index) => step === right[index]);
}

export function written(path: readonly PathStep[]): string {
  return `[${path.map(step => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`;
}

function parentOf(
  item: Item,
  path: readonly PathStep[],
): { parent: AttributeValue | undefined; last: PathStep | undefined } {
  return { parent: path.length === 1 ? { M: item } : find(item, path.slice(0, -1)), last: path.at(-1) };
}

function own(map: Record<string, AttributeValue> | undefined, name: string): AttributeValue | undefined {
  return map && Object.hasOwn(map, name) ? map[name] : undefined;
}

function invalidPath(): Invalid {
  return new Invalid('The document path provided in the update expression is invalid for update');
}
