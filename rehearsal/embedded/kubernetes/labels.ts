import { BadRequest } from './errors';
import type { LabelSelector } from './kinds';

export type LabelMap = Readonly<Record<string, string>>;

interface Requirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values: readonly string[];
}

function holds(requirement: Requirement, labels: LabelMap): boolean {
  const value = labels[requirement.key];
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && requirement.values.includes(value);
    case 'NotIn':
      // A label that is not there is not in any set: `env!=prod` selects objects without `env` too.
      return value === undefined || !requirement.values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

const OPERATORS = new Set(['In', 'NotIn', 'Exists', 'DoesNotExist']);

function requirementsOf(selector: LabelSelector): Requirement[] {
  const equal = Object.entries(selector.matchLabels ?? {}).map(
    ([key, value]): Requirement => ({ key, operator: 'In', values: [value] }),
  );
  const set = (selector.matchExpressions ?? []).flatMap(({ key, operator, values }): Requirement[] =>
    OPERATORS.has(operator)
      ? [{ key, operator: operator as Requirement['operator'], values: values ?? [] }]
      : [],
  );
  return [...equal, ...set];
}

/** Whether a LabelSelector object selects the labels. An empty selector selects everything. */
export function selects(selector: LabelSelector, labels: LabelMap | undefined): boolean {
  return requirementsOf(selector).every(requirement => holds(requirement, labels ?? {}));
}

/** Whether a plain map, as in a Service's selector, selects the labels. An empty map selects nothing. */
export function mapSelects(selector: LabelMap | undefined, labels: LabelMap | undefined): boolean {
  const entries = Object.entries(selector ?? {});
  return entries.length > 0 && entries.every(([key, value]) => labels?.[key] === value);
}

function requirementText({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'In':
      return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${values.join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
  }
}

/** A LabelSelector object in the text form of `status.selector` of a Scale. */
export function selectorText(selector: LabelSelector): string {
  return requirementsOf(selector).map(requirementText).join(',');
}

const KEY = '[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?';
const VALUE = '(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?';
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const EQUAL = new RegExp(`^(${KEY})\\s*(=|==|!=)\\s*(${VALUE})$`);
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);

/** Splits at the commas that stand outside of parentheses. */
function parts(selector: string): string[] {
  return selector.split(/,(?![^()]*\))/).map(part => part.trim());
}

function parseRequirement(part: string): Requirement {
  const set = SET.exec(part);
  if (set) {
    const values = (set[3] ?? '').split(',').map(value => value.trim());
    return { key: set[1] ?? '', operator: set[2] === 'in' ? 'In' : 'NotIn', values };
  }
  const equal = EQUAL.exec(part);
  if (equal) {
    return { key: equal[1] ?? '', operator: equal[2] === '!=' ? 'NotIn' : 'In', values: [equal[3] ?? ''] };
  }
  const exists = EXISTS.exec(part);
  if (exists) {
    return { key: exists[2] ?? '', operator: exists[1] === '!' ? 'DoesNotExist' : 'Exists', values: [] };
  }
  throw new BadRequest(`unable to parse requirement: ${part}`);
}

/** The `labelSelector` of a list: `app=web,tier in (front,back),!canary`. @throws BadRequest */
export function parseLabelSelector(selector: string): (labels: LabelMap | undefined) => boolean {
  const requirements = selector.trim() === '' ? [] : parts(selector).map(parseRequirement);
  return labels => requirements.every(requirement => holds(requirement, labels ?? {}));
}
