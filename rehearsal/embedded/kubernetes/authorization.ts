import type { ResourceRequest } from './api-path';
import { Forbidden } from './errors';
import { at, list, record, text } from './json';
import { type LabelSelector, types } from './kinds';
import { selects } from './labels';
import type { KubeObject, ResourceType } from './object';
import type { Store } from './store';

/** Who calls, as authentication made it out. */
export interface Identity {
  user: string;
  groups: readonly string[];
}

interface Rule {
  verbs: readonly unknown[];
  apiGroups: readonly unknown[];
  resources: readonly unknown[];
  resourceNames: readonly unknown[];
  nonResourceURLs: readonly unknown[];
}

/** Bypasses RBAC altogether, as in kube-apiserver: no binding can take it away. */
const SUPERUSERS = 'system:masters';

/** Role-based access control from the cluster's own objects. */
export class Authorizer {
  constructor(private readonly store: Store) {}

  /** @throws Forbidden with Kubernetes' own sentence */
  requireResource(identity: Identity, request: ResourceRequest): void {
    if (this.allowsResource(identity, request)) return;
    const { verb, group, resource, subresource, namespace, name } = request;
    const full = subresource === undefined ? resource : `${resource}/${subresource}`;
    const scope = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
    throw Forbidden.resource(
      { group, resource } as ResourceType,
      name ?? '',
      `User "${identity.user}" cannot ${verb} resource "${full}" in API group "${group}" ${scope}`,
    );
  }

  /** @throws Forbidden */
  requirePath(identity: Identity, verb: string, path: string): void {
    if (identity.groups.includes(SUPERUSERS)) return;
    const allowed = this.rules(identity, undefined).some(
      rule =>
        includes(rule.verbs, verb) &&
        rule.nonResourceURLs.some(url => {
          const pattern = String(url);
          return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
        }),
    );
    if (!allowed) throw new Forbidden(`forbidden: User "${identity.user}" cannot ${verb} path "${path}"`);
  }

  allowsResource(identity: Identity, request: ResourceRequest): boolean {
    if (identity.groups.includes(SUPERUSERS)) return true;
    return this.rules(identity, request.namespace).some(rule => covers(rule, request));
  }

  private rules(identity: Identity, namespace: string | undefined): Rule[] {
    const everywhere = this.store.view(types.clusterRoleBinding);
    const here = namespace === undefined ? [] : this.store.view(types.roleBinding, namespace);
    return [...everywhere, ...here]
      .filter(binding => list(binding.subjects).some(subject => isSubject(subject, identity)))
      .flatMap(binding => this.rulesOf(this.roleOf(binding)));
  }

  private roleOf(binding: KubeObject): KubeObject | undefined {
    const name = text(at(binding, 'roleRef', 'name')) ?? '';
    return at(binding, 'roleRef', 'kind') === 'Role'
      ? this.store.peek(types.role, binding.metadata.namespace, name)
      : this.store.peek(types.clusterRole, undefined, name);
  }

  private rulesOf(role: KubeObject | undefined): Rule[] {
    if (!role) return [];
    const selectors = list(at(role, 'aggregationRule', 'clusterRoleSelectors')) as LabelSelector[];
    const gathered = this.store
      .view(types.clusterRole)
      .filter(each => each !== role && selectors.some(selector => selects(selector, each.metadata.labels)))
      .flatMap(each => this.rulesOf(each));
    return [...list(role.rules).map(ruleOf), ...gathered];
  }
}

function ruleOf(value: unknown): Rule {
  const rule = record(value);
  return {
    verbs: list(rule.verbs),
    apiGroups: list(rule.apiGroups),
    resources: list(rule.resources),
    resourceNames: list(rule.resourceNames),
    nonResourceURLs: list(rule.nonResourceURLs),
  };
}

function includes(values: readonly unknown[], wanted: string): boolean {
  return values.includes('*') || values.includes(wanted);
}

function isSubject(subject: unknown, identity: Identity): boolean {
  const { kind, name, namespace } = record(subject);
  switch (kind) {
    case 'User':
      return name === identity.user;
    case 'Group':
      return identity.groups.some(group => group === name);
    case 'ServiceAccount':
      return identity.user === `system:serviceaccount:${namespace}:${name}`;
    default:
      return false;
  }
}

/** A rule for `deployments` says nothing of `deployments/scale`; `*​/scale` is the scale of everything. */
function coversResource(rule: Rule, { resource, subresource }: ResourceRequest): boolean {
  if (subresource === undefined) return includes(rule.resources, resource);
  return (
    includes(rule.resources, `${resource}/${subresource}`) || rule.resources.includes(`*/${subresource}`)
  );
}

function covers(rule: Rule, request: ResourceRequest): boolean {
  const named = rule.resourceNames.length === 0 || rule.resourceNames.includes(request.name);
  return (
    includes(rule.verbs, request.verb) &&
    includes(rule.apiGroups, request.group) &&
    coversResource(rule, request) &&
    named
  );
}
