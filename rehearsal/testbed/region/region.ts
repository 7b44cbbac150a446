import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SiteName } from '../../../core/config';
import { groupName, makeCgroup, removeCgroups } from '../host/cgroups';
import { Daemon } from '../host/daemon';
import { run } from '../host/run';
import { plugIn, unplug } from '../host/world';
import { REGIONS, SERVICES } from '../network';
import { ClusterCertificates } from './certificates';
import { ControlPlane } from './control-plane';
import { Kubectl } from './kubectl';
import { Node } from './node';

export interface RegionOptions {
  site: SiteName;
  /** The AWS Region that it plays. */
  region: string;
  folder: string;
  bin: (name: string) => string;
  debian: { path: string; libraries: string; cni: string; runc: string };
  images: readonly string[];
  tokenWebhookConfig?: string;
}

/**
 * One Region: a network, mount, process and host name namespace with a Kubernetes cluster in it. It dies when the
 * first process of its process namespace is killed, since the kernel then kills all others at once; it boots again
 * from the same disk.
 */
export class Region {
  readonly kubectl: Kubectl;
  readonly certificates: ClusterCertificates;
  readonly nodeName: string;
  private init: Daemon | undefined;
  private plane: ControlPlane | undefined;
  private node: Node | undefined;

  constructor(private readonly options: RegionOptions) {
    this.nodeName = `node-${options.site}`;
    this.certificates = new ClusterCertificates(
      join(options.folder, 'certificates'),
      REGIONS[options.site].node,
      this.nodeName,
    );
    this.kubectl = new Kubectl(options.bin('kubectl'), this.certificates.path('admin.kubeconfig'));
  }

  get alive(): boolean {
    return this.init?.running ?? false;
  }

  /** Of everything that runs in its Pods. */
  get cgroup(): string {
    return groupName(this.options.site);
  }

  /** What it boots from; it outlives the Region's death. */
  get disk(): string {
    return join(this.options.folder, 'disk');
  }

  get logs(): string {
    return join(this.options.folder, 'logs');
  }

  /** Boots the Region until its node is Ready; Pods that were there before start by themselves. */
  async boot(): Promise<void> {
    const { options } = this;
    const { node: address, mac, link, pods } = REGIONS[options.site];
    for (const folder of ['lib', 'log', 'etcd'])
      mkdirSync(join(options.folder, 'disk', folder), { recursive: true });
    mkdirSync(this.logs, { recursive: true });
    await this.certificates.make();
    const pid = await this.makeNamespaces();
    await plugIn(link, mac, pid);
    const into = ['nsenter', '-t', String(pid), '-m', '-n', '-p', '-u', '--'];
    await this.configureNetwork(into, address);
    const shared = { bin: options.bin, into, certificates: this.certificates, address, logs: this.logs };
    this.plane = new ControlPlane({
      ...shared,
      dataFolder: join(options.folder, 'disk', 'etcd'),
      ...(options.tokenWebhookConfig === undefined ? {} : { tokenWebhookConfig: options.tokenWebhookConfig }),
    });
    this.node = new Node({
      ...shared,
      debian: options.debian,
      name: this.nodeName,
      region: options.region,
      pods,
      cgroup: makeCgroup(options.site),
      folder: join(options.folder, 'node'),
      images: options.images,
    });
    await Promise.all([this.plane.start(), this.node.start()]);
    await this.kubectl.apply([PROXY_BINDING]);
    await this.kubectl.wait(`node/${this.nodeName}`, 'create', 60);
    await this.kubectl.wait(`node/${this.nodeName}`, 'condition=Ready', 60);
  }

  /** The link goes down and every process is killed, Pods and all, at once. Resolves when the last one is gone. */
  async die(): Promise<void> {
    if (!this.init?.running) return;
    await unplug(REGIONS[this.options.site].link);
    this.init.signal('SIGKILL');
    await this.init.exited;
    // A machine that boots has no control groups. In old ones kubelet looks for containers, three seconds for each.
    await removeCgroups(this.options.site);
  }

  async stopApiServer(): Promise<void> {
    await this.plane?.stopApiServer();
  }

  async startApiServer(): Promise<void> {
    await this.plane?.startApiServer();
  }

  async stopKubelet(): Promise<void> {
    await this.node?.stopKubelet();
  }

  private async makeNamespaces(): Promise<number> {
    const { options } = this;
    const disk = join(options.folder, 'disk');
    // kubelet and runc want shared propagation; it ends at this mount namespace.
    const mounts = `mount --make-rshared / && mount -t tmpfs tmpfs /run && mkdir -p /run/containerd /run/netns &&
      mount --bind ${disk}/lib /var/lib && mount --bind ${disk}/log /var/log && hostname ${this.nodeName}`;
    this.init = Daemon.start({
      name: `${options.site} init`,
      command: [
        ...['unshare', '--net', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child'],
        ...['--mount-proc', '--uts', 'sh', '-c', `${mounts} && exec ${options.bin('pause')}`],
      ],
      log: join(this.logs, 'init.log'),
    });
    const { init } = this;
    let pid: number | undefined;
    await init.ready(async () => {
      pid = await this.initPid(init);
      return pid !== undefined;
    }, 10_000);
    if (pid === undefined) throw new Error('unreachable: ready() was satisfied without a process');
    return pid;
  }

  /** The first process of the Region, once it has made the mounts and become `pause`. */
  private async initPid({ pid: parent }: Daemon): Promise<number | undefined> {
    if (parent === undefined) return undefined;
    const listed = await run(['ps', '-o', 'pid=,comm=', '--ppid', String(parent)]).catch(() => '');
    const [child, name] = listed.trim().split(/\s+/);
    return child !== undefined && name === 'pause' ? Number(child) : undefined;
  }

  private async configureNetwork(into: readonly string[], address: string): Promise<void> {
    const other = REGIONS[this.options.site === 'primary' ? 'dr' : 'primary'];
    const inside = (command: string) => run([...into, ...command.split(' ')]);
    await inside('ip link set lo up');
    await inside(`ip addr add ${address}/24 dev eth0`);
    await inside('ip link set eth0 up');
    await inside('sysctl -qw net.ipv4.ip_forward=1');
    await inside(`ip route add ${other.pods} via ${other.node}`);
    await inside(`ip neigh replace ${other.node} lladdr ${other.mac} dev eth0 nud permanent`);
    // Service addresses need some route before kube-proxy translates them: there is no default route to take.
    await inside('ip link add services type bridge');
    await inside('ip link set services up');
    await inside(`ip route add ${SERVICES} dev services src ${address}`);
  }
}

const PROXY_BINDING = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'kube-proxy' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:node-proxier' },
  subjects: [{ kind: 'User', name: 'system:kube-proxy', apiGroup: 'rbac.authorization.k8s.io' }],
};
