import { at, copyOf, list } from '../json';
import {
  type LabelSelector,
  type Node,
  type Pod,
  type StorageClass,
  types,
  type VolumeClaim,
} from '../kinds';
import { mapSelects, selects } from '../labels';
import type { WatchEvent } from '../object';
import { quantity } from '../quantity';
import { isTrue, withCondition } from './conditions';
import { type Controller, type ControlPlane, isKind } from './controller';
import { claimsOf, isActive, isFinished, isPod, requestOf } from './pods';

const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
/** The EKS default for a m5.xlarge is 58. */
const DEFAULT_MAX_PODS = 58;
const ALL = 'all';

interface Usage {
  cpu: number;
  memory: number;
  pods: number;
}

type Choice = { node: Node } | { message: string };

/** Puts Pods onto nodes that are ready and have room for what they request. */
export class Scheduler implements Controller {
  readonly name = 'scheduler';

  constructor(private readonly plane: ControlPlane) {}

  keysFor({ type, object }: WatchEvent): string[] {
    if (isPod(object)) return type === 'DELETED' || isFinished(object) || !object.spec.nodeName ? [ALL] : [];
    const matters = [types.node, types.claim, types.volume, types.storageClass].some(kind =>
      isKind(object, kind),
    );
    return matters ? [ALL] : [];
  }

  reconcile(): void {
    const pods = this.plane.store.view<Pod>(types.pod);
    const waiting = pods.filter(pod => !pod.spec.nodeName && isActive(pod));
    if (waiting.length === 0) return;
    const usage = this.usage(pods);
    for (const pod of [...waiting].sort(oldestFirst)) this.schedule(pod, usage);
  }

  private schedule(pod: Pod, usage: Map<string, Usage>): void {
    const choice = this.choose(pod, usage);
    if ('message' in choice) {
      this.refuse(pod, choice.message);
      return;
    }
    const unbound = this.unboundClaims(pod);
    for (const claim of unbound) this.selectNode(claim, choice.node.metadata.name);
    // The volume is made for the node first; the Pod is looked at again when its claim is bound.
    if (unbound.length > 0) return;
    const used = usage.get(choice.node.metadata.name);
    if (used) add(used, pod);
    this.plane.store.update({
      ...copyOf(pod),
      spec: { ...copyOf(pod.spec), nodeName: choice.node.metadata.name },
    });
  }

  private choose(pod: Pod, usage: Map<string, Usage>): Choice {
    const obstacle = this.claimObstacle(pod);
    if (obstacle !== undefined) return { message: obstacle };
    const reasons = new Map<string, number>();
    const fitting: Node[] = [];
    const nodes = this.plane.store.view<Node>(types.node);
    for (const node of nodes) {
      const reason = whyNot(node, pod, usage.get(node.metadata.name));
      if (reason === undefined) fitting.push(node);
      else reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    const [emptiest] = fitting.sort(
      (a, b) => (usage.get(a.metadata.name)?.pods ?? 0) - (usage.get(b.metadata.name)?.pods ?? 0),
    );
    if (emptiest) return { node: emptiest };
    const details = [...reasons].map(([reason, count]) => `${count} ${reason}`).join(', ');
    return { message: `0/${nodes.length} nodes are available: ${details || 'there are none'}.` };
  }

  private claimObstacle(pod: Pod): string | undefined {
    for (const name of claimsOf(pod)) {
      const claim = this.plane.store.peek<VolumeClaim>(types.claim, pod.metadata.namespace, name);
      if (!claim) return `persistentvolumeclaim "${name}" not found`;
      if (claim.metadata.deletionTimestamp !== undefined)
        return `persistentvolumeclaim "${name}" is being deleted`;
      if (claim.status?.phase !== 'Bound' && !this.waitsForConsumer(claim)) {
        return 'pod has unbound immediate PersistentVolumeClaims';
      }
    }
    return undefined;
  }

  private waitsForConsumer(claim: VolumeClaim): boolean {
    const { storageClassName, volumeName } = claim.spec;
    if (volumeName || !storageClassName) return false;
    const found = this.plane.store.peek<StorageClass>(types.storageClass, undefined, storageClassName);
    return found?.volumeBindingMode === 'WaitForFirstConsumer';
  }

  private unboundClaims(pod: Pod): VolumeClaim[] {
    return claimsOf(pod).flatMap(name => {
      const claim = this.plane.store.peek<VolumeClaim>(types.claim, pod.metadata.namespace, name);
      return claim && claim.status?.phase !== 'Bound' ? [claim] : [];
    });
  }

  private selectNode(claim: VolumeClaim, node: string): void {
    if (claim.metadata.annotations?.[SELECTED_NODE] !== undefined) return;
    const annotations = { ...claim.metadata.annotations, [SELECTED_NODE]: node };
    this.plane.store.update({ ...copyOf(claim), metadata: { ...copyOf(claim.metadata), annotations } });
  }

  private refuse(pod: Pod, message: string): void {
    const condition = { type: 'PodScheduled', status: 'False' as const, reason: 'Unschedulable', message };
    const conditions = withCondition(pod.status?.conditions, condition, this.plane.store.timestamp());
    this.plane.store.updateStatus({ ...pod, status: { ...pod.status, phase: 'Pending', conditions } });
  }

  private usage(pods: readonly Pod[]): Map<string, Usage> {
    const usage = new Map<string, Usage>();
    for (const node of this.plane.store.view<Node>(types.node)) {
      usage.set(node.metadata.name, { cpu: 0, memory: 0, pods: 0 });
    }
    for (const pod of pods) {
      const used = usage.get(pod.spec.nodeName ?? '');
      if (used && !isFinished(pod)) add(used, pod);
    }
    return usage;
  }
}

function add(usage: Usage, pod: Pod): void {
  usage.cpu += requestOf(pod, 'cpu');
  usage.memory += requestOf(pod, 'memory');
  usage.pods += 1;
}

/** Why a node cannot take the Pod, in the scheduler's words. */
function whyNot(node: Node, pod: Pod, usage: Usage | undefined): string | undefined {
  if (!isTrue(node.status?.conditions, 'Ready')) return 'node(s) were not ready';
  if (node.spec.unschedulable) return 'node(s) were unschedulable';
  const taint = node.spec.taints?.find(each => each.effect !== 'PreferNoSchedule' && !tolerates(pod, each));
  if (taint) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  if (!fitsLabels(node, pod)) return "node(s) didn't match Pod's node affinity/selector";
  const allocatable = node.status?.allocatable;
  if (!usage || !allocatable) return 'node(s) report no allocatable resources';
  const free = (resource: 'cpu' | 'memory') =>
    (quantity(allocatable[resource]) ?? 0) - usage[resource] >= requestOf(pod, resource);
  if (usage.pods >= (quantity(allocatable.pods) ?? DEFAULT_MAX_PODS)) return 'Too many pods';
  if (!free('cpu')) return 'Insufficient cpu';
  return free('memory') ? undefined : 'Insufficient memory';
}

function tolerates(pod: Pod, taint: { key: string; value?: string; effect: string }): boolean {
  return (pod.spec.tolerations ?? []).some(toleration => {
    const effect =
      toleration.effect === undefined || toleration.effect === '' || toleration.effect === taint.effect;
    const key =
      toleration.key === undefined || toleration.key === ''
        ? toleration.operator === 'Exists'
        : toleration.key === taint.key;
    return (
      effect && key && (toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? ''))
    );
  });
}

function fitsLabels(node: Node, pod: Pod): boolean {
  const labels = node.metadata.labels;
  const { nodeSelector } = pod.spec;
  if (nodeSelector && Object.keys(nodeSelector).length > 0 && !mapSelects(nodeSelector, labels)) return false;
  const required = at(pod.spec.affinity, 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  const terms = list(at(required, 'nodeSelectorTerms')) as LabelSelector[];
  return terms.length === 0 || terms.some(term => selects(term, labels));
}

function oldestFirst(left: Pod, right: Pod): number {
  const a = `${left.metadata.creationTimestamp} ${left.metadata.namespace}/${left.metadata.name}`;
  const b = `${right.metadata.creationTimestamp} ${right.metadata.namespace}/${right.metadata.name}`;
  return a < b ? -1 : a > b ? 1 : 0;
}
