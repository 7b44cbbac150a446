import { Document, isScalar, visit } from 'yaml';
import type { Config, SiteName } from '../core/config';
import type { FunctionName } from '../core/phases';
import { stepGroup } from './names';
import { CLUSTER_STEPS } from './permissions';
import { drillObjects, scratchNamespaces } from './rbac-drill';
import {
  appNamespaceRules,
  clusterRules,
  type RbacRule,
  scratchNamespaceRules,
  veleroNamespaceRules,
} from './rbac-rules';

const API = 'rbac.authorization.k8s.io';

/**
 * The Kubernetes RBAC objects of a site's cluster: what the groups that `ClusterAccess` admits may do there. A Role
 * in each namespace wherever that is enough; a ClusterRole only for what belongs to no namespace, or to all of them.
 * The same configuration gives the same objects in the same order.
 * @example rbacManifests(loadConfig('lifeboat.yaml'), 'dr')
 */
export function rbacManifests(config: Config, site: SiteName): object[] {
  const rules = namespacedRules(config, site);
  return [
    ...appNamespaces(config).map(namespace),
    ...drillObjects(config),
    ...CLUSTER_STEPS.flatMap(step => clusterWide(step, config)),
    ...[...rules].flatMap(([name, byStep]) =>
      [...byStep].flatMap(([step, list]) => role(step, list, { kind: 'Role', namespace: name })),
    ),
  ];
}

/** Several objects as one YAML text for `kubectl apply -f -`. */
export function toYaml(objects: readonly object[]): string {
  return objects.map(document).join('---\n');
}

function document(object: object): string {
  // Without aliases: kubectl reads them, people don't.
  const made = new Document(object, { aliasDuplicateObjects: false });
  visit(made, {
    Seq: (_, list) => {
      list.flow = list.items.every(isScalar);
    },
  });
  return made.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function appNamespaces(config: Config): string[] {
  return [...new Set(config.apps.flatMap(app => app.namespaces))].sort();
}

/**
 * An app's namespace may come into being on the passive site only with its first restore; a Role cannot wait for
 * that. Without labels: `kubectl apply` then leaves those alone that somebody else sets.
 */
function namespace(name: string): object {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

type RulesByStep = Map<FunctionName, RbacRule[]>;

/** By namespace, then by step. Velero may live in an app's namespace: then its rules join the app's. */
function namespacedRules(config: Config, site: SiteName): Map<string, RulesByStep> {
  const all = new Map<string, RulesByStep>();
  const add = (name: string, step: FunctionName, rules: readonly RbacRule[]) => {
    if (rules.length === 0) return;
    const byStep = all.get(name) ?? new Map<FunctionName, RbacRule[]>();
    byStep.set(step, [...(byStep.get(step) ?? []), ...rules]);
    all.set(name, byStep);
  };
  for (const name of appNamespaces(config)) {
    const apps = config.apps.filter(app => app.namespaces.includes(name));
    for (const step of CLUSTER_STEPS) add(name, step, appNamespaceRules(step, apps));
  }
  for (const name of scratchNamespaces(config))
    for (const step of CLUSTER_STEPS) add(name, step, scratchNamespaceRules(step));
  const data = config.apps.flatMap(app => app.data ?? []);
  for (const name of [...new Set(data.map(({ veleroNamespace }) => veleroNamespace))].sort()) {
    const there = data.filter(({ veleroNamespace }) => veleroNamespace === name);
    for (const step of CLUSTER_STEPS) add(name, step, veleroNamespaceRules(step, there, site));
  }
  return all;
}

function clusterWide(step: FunctionName, config: Config): object[] {
  const { rules, why } = clusterRules(step, config);
  return rules.length > 0 ? role(step, rules, { kind: 'ClusterRole', why }) : [];
}

/** The role and its binding to the step's group. */
function role(
  step: FunctionName,
  rules: readonly RbacRule[],
  place: { kind: 'Role'; namespace: string } | { kind: 'ClusterRole'; why: string },
): object[] {
  const name = `lifeboat-${step}`;
  const metadata =
    place.kind === 'Role'
      ? { name, namespace: place.namespace }
      : { name, annotations: { 'kubernetes.io/description': place.why } };
  return [
    { apiVersion: `${API}/v1`, kind: place.kind, metadata, rules },
    {
      apiVersion: `${API}/v1`,
      kind: `${place.kind}Binding`,
      metadata: place.kind === 'Role' ? { name, namespace: place.namespace } : { name },
      roleRef: { apiGroup: API, kind: place.kind, name },
      subjects: [{ apiGroup: API, kind: 'Group', name: stepGroup(step) }],
    },
  ];
}
