import type { GoPart } from './part';

/** `go version -m` says nothing of it: Kubernetes' version lies in variables that its own build sets (hack/lib/version.sh). */
function kubernetesVariables(version: string): Record<string, string> {
  const [major = '', minor = ''] = version.replace(/^v/, '').split('.');
  const base = 'k8s.io/component-base/version';
  return {
    [`${base}.gitVersion`]: version,
    [`${base}.gitMajor`]: major,
    [`${base}.gitMinor`]: minor,
    [`${base}.gitTreeState`]: 'clean',
    [`${base}.gitCommit`]: 'module',
    [`${base}.buildDate`]: '2026-01-01T00:00:00Z',
    'k8s.io/client-go/pkg/version.gitVersion': version,
  };
}

function kubernetes(name: string, seconds: number, purpose: string): GoPart {
  return {
    kind: 'go',
    name,
    seconds,
    purpose,
    module: 'go/kubernetes',
    package: `k8s.io/kubernetes/cmd/${name}`,
    versionOf: 'k8s.io/kubernetes',
    variables: kubernetesVariables,
  };
}

const VELERO = 'github.com/vmware-tanzu/velero';
const VELERO_AWS = 'github.com/vmware-tanzu/velero-plugin-for-aws';

function fromVelero(part: Pick<GoPart, 'name' | 'seconds' | 'purpose' | 'package' | 'versionOf'>): GoPart {
  const variables = (version: string) => ({ [`${VELERO}/pkg/buildinfo.Version`]: version });
  return { kind: 'go', module: 'go/velero', ...part, ...(part.versionOf === VELERO ? { variables } : {}) };
}

function ofTheApp(name: string, purpose: string): GoPart {
  return { kind: 'go', name, seconds: 10, purpose, module: 'orders/app', package: `./cmd/${name}` };
}

/**
 * In the order of building: small modules first, so that the processors have work while the big ones
 * are downloaded; one module after the other, so that each version of a library is compiled once.
 */
export const GO_PARTS: readonly GoPart[] = [
  {
    kind: 'go',
    name: 'pebble',
    seconds: 30,
    purpose: 'ACME certificate authority',
    module: 'go/pebble',
    package: 'github.com/letsencrypt/pebble/v2/cmd/pebble',
    versionOf: 'github.com/letsencrypt/pebble/v2',
  },
  ofTheApp('orders', 'the application: takes numbered orders'),
  ofTheApp('front', 'the application: web front'),
  ofTheApp('pause', 'holds the namespaces of a pod'),
  {
    kind: 'go',
    name: 'etcd',
    seconds: 45,
    purpose: 'store of each control plane',
    module: 'go/etcd',
    package: 'go.etcd.io/etcd/server/v3',
    versionOf: 'go.etcd.io/etcd/server/v3',
  },
  kubernetes('kube-apiserver', 200, 'control plane'),
  kubernetes('kube-controller-manager', 45, 'control plane'),
  kubernetes('kube-scheduler', 5, 'control plane'),
  kubernetes('kubectl', 25, "people's and the bed's client"),
  kubernetes('kubelet', 20, 'the node'),
  kubernetes('kube-proxy', 8, 'Services on the node'),
  fromVelero({
    name: 'velero',
    seconds: 180,
    purpose: 'backup and restore: server, node-agent and client',
    package: `${VELERO}/cmd/velero`,
    versionOf: VELERO,
  }),
  fromVelero({
    name: 'velero-restore-helper',
    seconds: 3,
    purpose: 'init container of restored pods',
    package: `${VELERO}/cmd/velero-restore-helper`,
    versionOf: VELERO,
  }),
  fromVelero({
    name: 'velero-helper',
    seconds: 3,
    purpose: "Velero's maintenance jobs",
    package: `${VELERO}/cmd/velero-helper`,
    versionOf: VELERO,
  }),
  fromVelero({
    name: 'velero-plugin-for-aws',
    seconds: 45,
    purpose: 'Velero on S3',
    package: `${VELERO_AWS}/velero-plugin-for-aws`,
    versionOf: VELERO_AWS,
  }),
  fromVelero({
    name: 'cp-plugin',
    seconds: 2,
    purpose: 'copies the plugin into the Velero pod',
    package: `${VELERO_AWS}/hack/cp-plugin`,
    versionOf: VELERO_AWS,
  }),
  fromVelero({
    name: 'local-path-provisioner',
    seconds: 8,
    purpose: 'volumes on the node',
    package: 'github.com/rancher/local-path-provisioner',
    versionOf: 'github.com/rancher/local-path-provisioner',
  }),
  {
    kind: 'go',
    name: 'cert-manager',
    seconds: 120,
    purpose: 'certificates',
    module: 'go/cert-manager',
    package: '.',
    versionOf: 'github.com/cert-manager/cert-manager',
    variables: version => ({ 'github.com/cert-manager/cert-manager/pkg/util.AppVersion': version }),
  },
  {
    kind: 'go',
    name: 'external-dns',
    seconds: 200,
    purpose: 'DNS records of the Ingresses',
    module: 'go/external-dns',
    package: 'sigs.k8s.io/external-dns',
    versionOf: 'sigs.k8s.io/external-dns',
    variables: version => ({ 'sigs.k8s.io/external-dns/pkg/apis/externaldns.Version': version }),
  },
  {
    kind: 'go',
    name: 'traefik',
    seconds: 240,
    purpose: 'ingress controller',
    module: 'go/traefik',
    package: 'github.com/traefik/traefik/v3/cmd/traefik',
    versionOf: 'github.com/traefik/traefik/v3',
    variables: version => ({ 'github.com/traefik/traefik/v3/pkg/version.Version': version }),
  },
];
