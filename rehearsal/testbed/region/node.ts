import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Daemon } from '../host/daemon';
import { run } from '../host/run';
import { RESOLVER } from '../network';
import type { ClusterCertificates } from './certificates';
import { cniConfig, containerdConfig, kubeletConfig } from './node-config';

export interface NodeOptions {
  bin: (name: string) => string;
  debian: { path: string; libraries: string; cni: string; runc: string };
  into: readonly string[];
  certificates: ClusterCertificates;
  name: string;
  region: string;
  address: string;
  pods: string;
  cgroup: string;
  /** Configuration files; what the node itself writes is under /var/lib of its mount namespace. */
  folder: string;
  logs: string;
  /** The archives of all images: there is no registry to pull from. */
  images: readonly string[];
}

const SOCKET = '/run/containerd/containerd.sock';

/** One real node: containerd with runc, kubelet and kube-proxy. */
export class Node {
  private daemons: Daemon[] = [];

  constructor(private readonly options: NodeOptions) {}

  /** Resolves when containerd has the images and kubelet was started; Ready comes a little later. */
  async start(): Promise<void> {
    const { options } = this;
    this.configure();
    const containerd = this.daemon('containerd', [
      'containerd',
      '--config',
      join(options.folder, 'containerd.toml'),
    ]);
    await containerd.ready(() => this.answers(), 20_000);
    await this.importImages();
    this.daemon('kubelet', [
      options.bin('kubelet'),
      `--config=${join(options.folder, 'kubelet.json')}`,
      `--kubeconfig=${options.certificates.path('node.kubeconfig')}`,
      `--hostname-override=${options.name}`,
      `--node-ip=${options.address}`,
      `--node-labels=topology.kubernetes.io/region=${options.region},topology.kubernetes.io/zone=${options.region}a`,
    ]);
    this.daemon('kube-proxy', [
      options.bin('kube-proxy'),
      `--kubeconfig=${options.certificates.path('kube-proxy.kubeconfig')}`,
      '--proxy-mode=nftables',
      `--hostname-override=${options.name}`,
      `--bind-address=${options.address}`,
      '--metrics-bind-address=127.0.0.1:10249',
      '--healthz-bind-address=127.0.0.1:10256',
      // The connection tracking limits belong to the machine, not to this network namespace.
      '--conntrack-max-per-core=0',
      '--conntrack-min=0',
      '--conntrack-tcp-timeout-established=0s',
      '--conntrack-tcp-timeout-close-wait=0s',
      '--detect-local-mode=InterfaceNamePrefix',
      '--pod-interface-name-prefix=veth',
    ]);
  }

  /** kubelet ends: the node becomes NotReady after a while, its Pods run on. */
  async stopKubelet(): Promise<void> {
    const kubelet = this.daemons.find(({ name }) => name === 'kubelet');
    kubelet?.signal('SIGKILL');
    await kubelet?.exited;
  }

  private configure(): void {
    const { options } = this;
    mkdirSync(join(options.folder, 'cni'), { recursive: true });
    const file = (name: string) => join(options.folder, name);
    writeFileSync(file('cni/10-bridge.conflist'), JSON.stringify(cniConfig(options.pods)));
    writeFileSync(
      file('containerd.toml'),
      containerdConfig({
        socket: SOCKET,
        cniPlugins: options.debian.cni,
        cniConfig: file('cni'),
        runc: options.debian.runc,
      }),
    );
    writeFileSync(file('resolv.conf'), `nameserver ${RESOLVER}\n`);
    writeFileSync(
      file('kubelet.json'),
      JSON.stringify(
        kubeletConfig({
          socket: SOCKET,
          address: options.address,
          cgroup: options.cgroup,
          certificate: options.certificates.path('kubelet.crt'),
          key: options.certificates.path('kubelet.key'),
          authority: options.certificates.path('ca.crt'),
          resolvConf: file('resolv.conf'),
          podLogs: join(options.logs, 'pods'),
        }),
      ),
    );
  }

  private async importImages(): Promise<void> {
    const known = await this.inside(['ctr', '-n', 'k8s.io', 'images', 'ls', '-q']);
    if (known.includes('lifeboat.test/')) return;
    for (const archive of this.options.images) {
      await this.inside(['ctr', '-n', 'k8s.io', 'images', 'import', archive]);
    }
  }

  private answers(): Promise<boolean> {
    return this.inside(['ctr', 'version']).then(
      () => true,
      () => false,
    );
  }

  private inside(command: readonly string[]): Promise<string> {
    return run([...this.options.into, ...command], { env: this.environment() });
  }

  private daemon(name: string, command: readonly string[]): Daemon {
    const { into, logs } = this.options;
    const daemon = Daemon.start({
      name,
      command: [...into, ...command],
      log: `${logs}/${name}.log`,
      env: this.environment(),
    });
    this.daemons.push(daemon);
    return daemon;
  }

  private environment(): Record<string, string> {
    const { path, libraries } = this.options.debian;
    return { PATH: `${path}:/usr/sbin:/usr/bin:/sbin:/bin`, LD_LIBRARY_PATH: libraries, HOME: '/root' };
  }
}
