import type { Config } from '../core/config';
import { DRILL_LABEL, DRILL_PRIORITY, scratchNamespace } from '../core/drill';

/** The namespaces in which apps with data are drilled. */
export function scratchNamespaces(config: Config): string[] {
  const real = config.apps.filter(({ data }) => data).flatMap(({ namespaces }) => namespaces);
  return [...new Set(real)].map(namespace => scratchNamespace(config, namespace)).sort();
}

/**
 * What stands ready for drills. RBAC cannot bind a right to the beginning of a name, nor `create` to a name; so the
 * scratch namespaces are made here, once, and a drill only empties them: no step may create or delete a namespace.
 */
export function drillObjects(config: Config): object[] {
  const names = scratchNamespaces(config);
  return names.length === 0 ? [] : [priority(), ...names.flatMap(name => [namespace(name), isolation(name)])];
}

function namespace(name: string): object {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { [DRILL_LABEL]: 'scratch' } } };
}

/** Pods of a drill give way to any other pod. */
function priority(): object {
  return {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: DRILL_PRIORITY },
    value: -1000,
    preemptionPolicy: 'Never',
    globalDefault: false,
    description: 'Pods of a drill of Lifeboat: they give way to any other pod.',
  };
}

/**
 * A drilled app is the real one with real data: it would send its mails and take its orders from the queue once more.
 * It may speak to itself and to DNS, and be asked.
 */
function isolation(namespace: string): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: DRILL_PRIORITY, namespace },
    spec: {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        { to: [{ podSelector: {} }] },
        {
          to: [{ namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    },
  };
}
