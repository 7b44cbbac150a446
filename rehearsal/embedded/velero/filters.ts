import { glob } from './glob';
import { fields, isFields, list, text, textMap, texts } from './json';

/** pkg/util/collections/includes_excludes.go: everything in the includes but not in the excludes; none means all. */
export class IncludesExcludes {
  constructor(
    private readonly includes: readonly string[],
    private readonly excludes: readonly string[],
  ) {}

  shouldInclude(name: string): boolean {
    if (matches(this.excludes, name)) return false;
    return this.includes.length === 0 || this.includes.includes('*') || matches(this.includes, name);
  }

  /** Listed in the excludes, whatever the includes say. */
  excluded(name: string): boolean {
    return matches(this.excludes, name);
  }

  includesEverything(): boolean {
    return this.excludes.length === 0 && this.includes.every(name => name === '*');
  }
}

function matches(patterns: readonly string[], name: string): boolean {
  return patterns.some(pattern => glob(pattern).test(name));
}

/** The rules of ValidateIncludesExcludes in the same file. */
export function includesExcludesErrors(includes: readonly string[], excludes: readonly string[]): string[] {
  const errors: string[] = [];
  if (includes.length > 1 && includes.includes('*')) {
    errors.push("includes list must either contain '*' only, or a non-empty list of items");
  }
  if (excludes.includes('*')) errors.push("excludes list cannot contain '*'");
  for (const item of [...new Set(excludes)].sort()) {
    if (includes.includes(item))
      errors.push(`excludes list cannot contain an item in the includes list: ${item}`);
  }
  return errors;
}

export type Selector = (labels: Record<string, string>) => boolean;

/** A LabelSelector of apimachinery as a predicate. Empty matches everything. @throws Error when it is invalid */
export function labelSelector(value: unknown): Selector {
  const wanted = Object.entries(textMap(fields(value).matchLabels));
  const expressions = list(fields(value).matchExpressions).map(expression);
  return labels =>
    wanted.every(([key, expected]) => labels[key] === expected) && expressions.every(holds => holds(labels));
}

function expression(value: unknown): Selector {
  const { key: name, operator, values } = fields(value);
  const key = text(name);
  if (key === undefined) throw new Error('name part must be non-empty');
  const allowed = texts(values);
  const needsValues = operator === 'In' || operator === 'NotIn';
  if (needsValues && allowed.length === 0) {
    throw new Error(`values: Invalid value: [] : for 'in', 'notin' operators, values set can't be empty`);
  }
  if (!needsValues && allowed.length > 0) {
    throw new Error('values: values set must be empty for exists and does not exist');
  }
  switch (operator) {
    case 'In':
      return labels => labels[key] !== undefined && allowed.includes(labels[key]);
    case 'NotIn':
      return labels => labels[key] === undefined || !allowed.includes(labels[key]);
    case 'Exists':
      return labels => labels[key] !== undefined;
    case 'DoesNotExist':
      return labels => labels[key] === undefined;
    default:
      throw new Error(`"${String(operator)}" is not a valid label selector operator`);
  }
}

/** labelSelector and orLabelSelectors of a spec together. @throws Error when one is invalid */
export function selectorOf(spec: unknown): Selector {
  const { labelSelector: one, orLabelSelectors: any } = fields(spec);
  const single = labelSelector(one);
  const alternatives = list(any).map(labelSelector);
  return labels =>
    single(labels) && (alternatives.length === 0 || alternatives.some(alternative => alternative(labels)));
}

export function hasSelector(spec: unknown): boolean {
  const { labelSelector: one, orLabelSelectors: any } = fields(spec);
  return isFields(one) || list(any).length > 0;
}
