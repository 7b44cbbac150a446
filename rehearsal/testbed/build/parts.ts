import { PartUnknown } from './errors';
import { GO_PARTS } from './go-parts';
import { IMAGE_PARTS } from './images';
import type { DataPart, DebianPart, Part, VenvPart } from './part';

/** The container runtime and the network tools of a node, as the distribution builds them. */
export const DEBIAN_PART: DebianPart = {
  kind: 'debian',
  name: 'debian',
  seconds: 10,
  purpose: 'containerd, runc, CNI plugins, nft, conntrack, busybox',
  packages: [
    'containerd',
    'runc',
    'containernetworking-plugins',
    'nftables',
    'libnftnl11',
    'libnftables1',
    'libnetfilter-conntrack3',
    'libnfnetlink0',
    'conntrack',
    'busybox-static',
  ],
  programs: {
    containerd: ['--version'],
    'containerd-shim-runc-v2': ['-v'],
    ctr: ['--version'],
    runc: ['--version'],
    nft: ['--version'],
    conntrack: ['--version'],
    busybox: ['true'],
  },
};

export const VENV_PART: VenvPart = {
  kind: 'venv',
  name: 'python',
  seconds: 15,
  purpose: 'MiniStack, the AWS of the bed',
  requirements: 'aws/requirements.txt',
  versionOf: 'ministack',
};

const VELERO_CRDS: DataPart = {
  kind: 'data',
  name: 'velero-crds',
  seconds: 2,
  purpose: "Velero's CustomResourceDefinitions",
  module: 'go/velero',
  versionOf: 'github.com/vmware-tanzu/velero',
  folders: ['config/crd/v1/bases', 'config/crd/v2alpha1/bases'],
  suffix: '.yaml',
};

const CERT_MANAGER_CRDS: DataPart = {
  kind: 'data',
  name: 'cert-manager-crds',
  seconds: 2,
  purpose: "cert-manager's CustomResourceDefinitions",
  module: 'go/cert-manager',
  versionOf: 'github.com/cert-manager/cert-manager',
  folders: ['deploy/crds'],
  suffix: '.yaml',
};

/** Every part of the bed in the order of building: what needs a network first, what needs other parts last. */
export const PARTS: readonly Part[] = [
  DEBIAN_PART,
  VENV_PART,
  ...GO_PARTS,
  VELERO_CRDS,
  CERT_MANAGER_CRDS,
  ...IMAGE_PARTS,
];

/** The parts that `part` is made from. */
export function inputsOf(part: Part): string[] {
  if (part.kind !== 'image') return [];
  const programs = part.entries.flatMap(entry => (entry.type === 'program' ? [entry.from] : []));
  return [...new Set(programs)];
}

export function partNamed(name: string, parts: readonly Part[] = PARTS): Part {
  const found = parts.find(part => part.name === name);
  if (!found)
    throw new PartUnknown(
      name,
      parts.map(part => part.name),
    );
  return found;
}

/** The named parts and what they are made from, in the order of building. */
export function withInputs(names: readonly string[], parts: readonly Part[] = PARTS): Part[] {
  const wanted = new Set<string>();
  const add = (name: string): void => {
    wanted.add(name);
    inputsOf(partNamed(name, parts)).forEach(add);
  };
  names.forEach(add);
  return parts.filter(part => wanted.has(part.name));
}
