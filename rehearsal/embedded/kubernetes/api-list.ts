import { BadRequest, Expired, qualified } from './errors';
import { at, isRecord, text } from './json';
import { parseLabelSelector } from './labels';
import type { KubeObject, ResourceType } from './object';
import { apiVersionOf, isBuiltIn } from './resource-types';
import type { Store } from './store';

type Query = Record<string, string>;

/** The fields that a kind's list can be selected by, besides the two that every kind has. */
const FIELDS: Record<string, string[]> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'status.phase',
    'status.podIP',
  ],
  secrets: ['type'],
  namespaces: ['status.phase'],
  nodes: ['spec.unschedulable'],
  jobs: ['status.successful'],
  events: [
    'involvedObject.kind',
    'involvedObject.name',
    'involvedObject.namespace',
    'involvedObject.uid',
    'reason',
    'type',
  ],
};

interface FieldTerm {
  path: string;
  equal: boolean;
  value: string;
}

function parseFieldSelector(type: ResourceType, selector: string): FieldTerm[] {
  const known = [
    'metadata.name',
    ...(type.namespaced ? ['metadata.namespace'] : []),
    ...(isBuiltIn(type) ? (FIELDS[type.resource] ?? []) : []),
  ];
  return selector
    .split(',')
    .filter(part => part !== '')
    .map(part => {
      const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(part.trim());
      if (!match) throw new BadRequest(`invalid selector: '${selector}'; can't understand '${part}'`);
      const path = match[1] ?? '';
      if (!known.includes(path)) throw new BadRequest(`field label not supported: ${path}`);
      return { path, equal: match[2] !== '!=', value: match[3] ?? '' };
    });
}

/** `metadata.name=x` names one object, which RBAC's resourceNames then look at (apiserver's RequestInfoFactory). */
export function nameInFieldSelector(selector: string | undefined): string | undefined {
  return /(?:^|,)metadata\.name==?([^,]+)/.exec(selector ?? '')?.[1];
}

/** The objects that the selectors of a list or of a deletecollection choose. @throws BadRequest */
export function selectedObjects(
  store: Store,
  type: ResourceType,
  namespace: string | undefined,
  query: Query,
): KubeObject[] {
  const labels = parseLabelSelector(query.labelSelector ?? '');
  const fields = parseFieldSelector(type, query.fieldSelector ?? '');
  return store.list(type, namespace).filter(
    object =>
      labels(object.metadata.labels) &&
      fields.every(({ path, equal, value }) => {
        const found = at(object, ...path.split('.'));
        return ((found === undefined ? '' : String(found)) === value) === equal;
      }),
  );
}

/** etcd is compacted every five minutes; a list that is continued later than that has lost its place. */
const CONTINUE_LIFETIME_MS = 5 * 60_000;

interface Place {
  after: string;
  issued: number;
  resourceVersion: string;
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function parseContinue(token: string, now: number): Place {
  const refuse = () => new BadRequest('continue key is not valid');
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch (error) {
    if (error instanceof SyntaxError) throw refuse();
    throw error;
  }
  if (!isRecord(parsed)) throw refuse();
  const { after, issued, resourceVersion } = parsed;
  if (typeof after !== 'string' || typeof issued !== 'number' || typeof resourceVersion !== 'string')
    throw refuse();
  if (now - issued > CONTINUE_LIFETIME_MS) {
    throw new Expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results.',
    );
  }
  return { after, issued, resourceVersion };
}

/** Items of compiled-in kinds come without apiVersion and kind: those stand once, in the list's own kind. */
function itemOf(type: ResourceType, object: KubeObject): Record<string, unknown> {
  if (!isBuiltIn(type)) return object;
  const { apiVersion: _version, kind: _kind, ...item } = object;
  return item;
}

/** The answer to a list request. */
export function listResponse(
  store: Store,
  type: ResourceType,
  namespace: string | undefined,
  query: Query,
  now: number,
): Record<string, unknown> {
  const limit = query.limit === undefined ? 0 : Number(query.limit);
  if (!Number.isInteger(limit) || limit < 0)
    throw new BadRequest(`${qualified(type)}: limit is not a number`);
  const place = query.continue ? parseContinue(query.continue, now) : undefined;
  const all = selectedObjects(store, type, namespace, query);
  const rest = place ? all.filter(object => keyOf(object) > place.after) : all;
  const page = limit > 0 ? rest.slice(0, limit) : rest;
  const last = page.at(-1);
  const resourceVersion = place?.resourceVersion ?? store.resourceVersion;
  const remaining = rest.length - page.length;
  const more =
    remaining > 0 && last
      ? {
          continue: Buffer.from(
            JSON.stringify({ after: keyOf(last), issued: now, resourceVersion }),
          ).toString('base64url'),
          // Not given with selectors: the server would have to read on to know.
          ...(query.labelSelector || query.fieldSelector ? {} : { remainingItemCount: remaining }),
        }
      : {};
  return {
    kind: `${text(type.kind)}List`,
    apiVersion: apiVersionOf(type),
    metadata: { resourceVersion, ...more },
    items: page.map(object => itemOf(type, object)),
  };
}
