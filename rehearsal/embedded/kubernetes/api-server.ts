import type { Clock } from '../../../core/clock';
import type { KubernetesRequest, KubernetesResponse } from '../../../lambdas/adapters/kubernetes/transport';
import { listResponse, nameInFieldSelector, selectedObjects } from './api-list';
import { type ApiPath, parsePath } from './api-path';
import { Authorizer, type Identity } from './authorization';
import { ApiError, BadRequest, Conflict, MethodNotAllowed, NotFound, UnsupportedMediaType } from './errors';
import { at, copyOf, isRecord, numeric, record, text } from './json';
import type { KubeObject, ResourceType } from './object';
import { jsonPatch, mergePatch, strategicMergePatch } from './patch';
import { apiVersionOf, isBuiltIn } from './resource-types';
import { applyScale, hasScale, scaleOf } from './scale';
import type { Store } from './store';
import type { DeleteOptions } from './store-rules';

type Method = KubernetesRequest['method'];

const VERBS: Record<Method, string> = { GET: 'get', POST: 'create', PATCH: 'patch', DELETE: 'delete' };
const COLLECTION_VERBS: Record<Method, string> = {
  GET: 'list',
  POST: 'create',
  PATCH: 'patch',
  DELETE: 'deletecollection',
};

const PATCHES: Record<string, (target: unknown, patch: unknown) => unknown> = {
  'application/merge-patch+json': mergePatch,
  'application/json-patch+json': jsonPatch,
  'application/strategic-merge-patch+json': strategicMergePatch,
};

/** What an unknown path gets: plain text, not a Status. A CRD that is not installed looks like this. */
const NO_SUCH_PATH: KubernetesResponse = { status: 404, body: '404 page not found\n' };

/** One cluster's API over HTTP, as far as Lifeboat and its fakes use it. */
export class ApiServer {
  private readonly authorizer: Authorizer;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly gitVersion = 'v1.35.4-eks-fake',
  ) {
    this.authorizer = new Authorizer(store);
  }

  handle(request: KubernetesRequest, identity: Identity): KubernetesResponse {
    // Authentication adds this group to everybody whom it recognised.
    const known = { ...identity, groups: [...identity.groups, 'system:authenticated'] };
    try {
      return this.answer(request, known);
    } catch (error) {
      if (error instanceof ApiError) return { status: error.code, body: error.status() };
      throw error;
    }
  }

  private answer(request: KubernetesRequest, identity: Identity): KubernetesResponse {
    const path = parsePath(request.path);
    if (!path) return this.answerPath(request, identity);
    const verb = path.name === undefined ? COLLECTION_VERBS[request.method] : VERBS[request.method];
    const named = path.name ?? nameInFieldSelector(request.query?.fieldSelector);
    this.authorizer.requireResource(identity, { ...path, verb, name: named });
    const type = this.store.typeOfResource(path.group, path.version, path.resource);
    if (!type || (type.namespaced && path.namespace === undefined && path.name !== undefined))
      return NO_SUCH_PATH;
    if (!type.namespaced && path.namespace !== undefined && path.resource !== 'namespaces')
      return NO_SUCH_PATH;
    if (request.query?.watch !== undefined && request.query.watch !== 'false') {
      throw new MethodNotAllowed(
        'the fake API server serves no watches: its transport has one answer per request',
      );
    }
    if (request.query?.dryRun) throw new BadRequest('the fake API server knows no dry run');
    const where = { ...path, namespace: type.namespaced ? path.namespace : undefined };
    return path.name === undefined
      ? this.collection(request, type, where)
      : this.single(request, type, where, path.name);
  }

  private answerPath({ method, path }: KubernetesRequest, identity: Identity): KubernetesResponse {
    this.authorizer.requirePath(identity, method.toLowerCase(), path);
    if (method === 'GET' && /^\/(readyz|livez|healthz)$/.test(path)) return { status: 200, body: 'ok' };
    if (method === 'GET' && path === '/version') {
      const [, major = '1', minor = '35'] = /^v(\d+)\.(\d+)/.exec(this.gitVersion) ?? [];
      return { status: 200, body: { major, minor, gitVersion: this.gitVersion, platform: 'linux/amd64' } };
    }
    return NO_SUCH_PATH;
  }

  private collection(request: KubernetesRequest, type: ResourceType, path: ApiPath): KubernetesResponse {
    const query = request.query ?? {};
    switch (request.method) {
      case 'GET':
        return { status: 200, body: listResponse(this.store, type, path.namespace, query, this.clock.now()) };
      case 'POST':
        return { status: 201, body: this.create(type, path, request.body) };
      case 'DELETE': {
        const options = deleteOptions(request);
        for (const { metadata } of selectedObjects(this.store, type, path.namespace, query)) {
          this.store.delete(type, metadata.namespace, metadata.name, options);
        }
        return { status: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } };
      }
      default:
        throw notAllowed();
    }
  }

  private single(
    request: KubernetesRequest,
    type: ResourceType,
    path: ApiPath,
    name: string,
  ): KubernetesResponse {
    const { subresource, namespace } = path;
    if (subresource !== undefined && !servesSubresource(type, subresource)) return NO_SUCH_PATH;
    const object = this.store.get(type, namespace, name);
    if (!object) throw new NotFound(type, name);
    switch (request.method) {
      case 'GET':
        return { status: 200, body: subresource === 'scale' ? scaleOf(object) : object };
      case 'PATCH':
        return { status: 200, body: this.patch(request, type, object, subresource) };
      case 'DELETE':
        if (subresource !== undefined) throw notAllowed();
        return { status: 200, body: this.deleted(request, type, object) };
      default:
        throw notAllowed();
    }
  }

  private create(type: ResourceType, path: ApiPath, body: unknown): KubeObject {
    if (!isRecord(body)) throw new BadRequest('the object provided is unrecognized (must be of type object)');
    const apiVersion = apiVersionOf(type);
    if (body.apiVersion !== apiVersion || body.kind !== type.kind) {
      const given = `${text(body.apiVersion) ?? ''}, Kind=${text(body.kind) ?? ''}`;
      throw new BadRequest(
        `the API version in the data (${given}) does not match the expected API version (${apiVersion}, Kind=${type.kind})`,
      );
    }
    const metadata = record(body.metadata);
    const namespace = text(metadata.namespace);
    if (type.namespaced && path.namespace === undefined) throw notAllowed();
    if (namespace && namespace !== path.namespace) {
      throw new BadRequest(
        'the namespace of the provided object does not match the namespace sent on the request',
      );
    }
    const scope = path.namespace === undefined ? {} : { namespace: path.namespace };
    const name = text(metadata.name) ?? '';
    return this.store.create({
      ...body,
      apiVersion,
      kind: type.kind,
      metadata: { ...metadata, name, ...scope },
    });
  }

  private patch(
    { contentType, body }: KubernetesRequest,
    type: ResourceType,
    object: KubeObject,
    subresource: string | undefined,
  ): KubeObject | Record<string, unknown> {
    const accepted = Object.keys(PATCHES).filter(each => isBuiltIn(type) || !each.includes('strategic'));
    const apply = PATCHES[accepted.find(each => each === contentType) ?? ''];
    if (!apply) throw new UnsupportedMediaType(accepted);
    if (subresource === 'scale') {
      const scale = apply(scaleOf(object), body);
      const version = at(scale, 'metadata', 'resourceVersion');
      if (version !== object.metadata.resourceVersion) throw new Conflict(type, object.metadata.name);
      const replicas = numeric(at(scale, 'spec', 'replicas')) ?? 0;
      return scaleOf(this.store.update(applyScale(type, object, replicas)));
    }
    const wanted = apply(copyOf(object), body);
    if (!isRecord(wanted) || !isRecord(wanted.metadata)) throw new BadRequest('the patch leaves no object');
    const patched = { ...wanted, apiVersion: object.apiVersion, kind: object.kind } as KubeObject;
    requireIdentity(type, object, patched);
    if (subresource === 'status') {
      return this.store.updateStatus(patched);
    }
    if (type.statusSubresource) {
      if (object.status === undefined) delete patched.status;
      else patched.status = object.status;
    }
    return this.store.update(patched);
  }

  private deleted(request: KubernetesRequest, type: ResourceType, object: KubeObject): unknown {
    const { namespace, name, uid } = object.metadata;
    this.store.delete(type, namespace, name, deleteOptions(request));
    const remains = this.store.get(type, namespace, name);
    // An object that waits for its finalizers or its grace time is shown, one that is gone is not.
    if (remains) return remains;
    const group = type.group === '' ? {} : { group: type.group };
    const details = { name, ...group, kind: type.resource, uid };
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
  }
}

function notAllowed(): MethodNotAllowed {
  return new MethodNotAllowed('the server does not allow this method on the requested resource');
}

function servesSubresource(type: ResourceType, subresource: string): boolean {
  if (subresource === 'status') return type.statusSubresource === true;
  return subresource === 'scale' && hasScale(type);
}

/** A patch cannot make another object of an object. @throws BadRequest, Conflict */
function requireIdentity(type: ResourceType, object: KubeObject, patched: KubeObject): void {
  const { name, namespace, uid, resourceVersion } = patched.metadata;
  if (name !== object.metadata.name) {
    throw new BadRequest(
      `the name of the object (${name}) does not match the name on the URL (${object.metadata.name})`,
    );
  }
  if (namespace !== object.metadata.namespace) {
    throw new BadRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  if (uid !== undefined && uid !== object.metadata.uid) {
    throw new Conflict(
      type,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${object.metadata.uid}`,
    );
  }
  if (resourceVersion && resourceVersion !== object.metadata.resourceVersion) throw new Conflict(type, name);
}

const POLICIES = ['Background', 'Foreground', 'Orphan'] as const;

/** DeleteOptions come as a body or as query parameters; the body wins. @throws BadRequest */
function deleteOptions({ body, query }: KubernetesRequest): DeleteOptions {
  const options = record(body);
  const policy = options.propagationPolicy ?? query?.propagationPolicy;
  const known = POLICIES.find(each => each === policy);
  if (policy !== undefined && known === undefined) {
    throw new BadRequest(`invalid propagationPolicy ${JSON.stringify(policy)}`);
  }
  const graceText = query?.gracePeriodSeconds;
  const grace =
    numeric(options.gracePeriodSeconds) ?? (graceText === undefined ? undefined : Number(graceText));
  const preconditions = record(options.preconditions);
  const uid = text(preconditions.uid);
  const resourceVersion = text(preconditions.resourceVersion);
  return {
    ...(known ? { propagationPolicy: known } : {}),
    ...(grace !== undefined ? { gracePeriodSeconds: grace } : {}),
    preconditions: {
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
  };
}
