import type { ResourceType } from './object';

/** What a path of the API asks for, before anybody looks whether it exists. */
export interface ApiPath {
  group: string;
  version: string;
  /** `deployments`; undefined for a path that names no resource. */
  resource: string;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
}

/** What RBAC decides on. */
export type ResourceRequest = {
  verb: string;
  group: string;
  resource: string;
  subresource: string | undefined;
  namespace: string | undefined;
  name: string | undefined;
};

function segmentsOf(path: string): string[] {
  return path
    .split('/')
    .filter(segment => segment !== '')
    .map(decodeURIComponent);
}

/** Splits /api/v1/… and /apis/GROUP/VERSION/… as apiserver's RequestInfoFactory does. */
export function parsePath(path: string): ApiPath | undefined {
  const segments = segmentsOf(path);
  const [root, first = '', second = ''] = segments;
  const core = root === 'api';
  if (!core && root !== 'apis') return undefined;
  const rest = segments.slice(core ? 2 : 3);
  const where = core ? { group: '', version: first } : { group: first, version: second };
  if (rest.length === 0) return undefined;
  // /namespaces/shop/deployments/web is about a Deployment, /namespaces/shop about the Namespace itself, and
  // /namespaces/shop/status about its status.
  const inNamespace =
    rest[0] === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(rest[2] ?? '');
  const tail = inNamespace ? rest.slice(2) : rest;
  if (tail.length > 3) return undefined;
  const [resource = '', name, subresource] = tail;
  return {
    ...where,
    resource,
    namespace: inNamespace ? rest[1] : resource === 'namespaces' ? name : undefined,
    name,
    subresource,
  };
}

/** The path of an object: `/apis/apps/v1/namespaces/shop/deployments/web`. */
export function pathOf(type: ResourceType, namespace?: string, name?: string): string {
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  const scope = type.namespaced && namespace !== undefined ? `/namespaces/${namespace}` : '';
  return `${root}${scope}/${type.resource}${name === undefined ? '' : `/${name}`}`;
}
