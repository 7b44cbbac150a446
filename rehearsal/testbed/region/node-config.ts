/** What the programs of a node are told. Each line that is not a default says why. */

export function cniConfig(pods: string): object {
  return {
    cniVersion: '0.4.0',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        // Pods are known by their own address in the whole bed: nothing needs to be translated.
        ipMasq: false,
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          ranges: [[{ subnet: pods }]],
          routes: [{ dst: '0.0.0.0/0' }],
          dataDir: '/var/lib/cni/networks',
        },
      },
    ],
  };
}

export interface ContainerdFacts {
  socket: string;
  cniPlugins: string;
  cniConfig: string;
  runc: string;
}

export function containerdConfig({ socket, cniPlugins, cniConfig: folder, runc }: ContainerdFacts): string {
  const unused = ['aufs', 'btrfs', 'devmapper', 'zfs'].map(name => `"io.containerd.snapshotter.v1.${name}"`);
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = [${unused.join(', ')}, "io.containerd.internal.v1.opt", "io.containerd.tracing.processor.v1.otlp"]
[grpc]
  address = "${socket}"
[${cri}]
  sandbox_image = "lifeboat.test/pause:1"
  disable_apparmor = true
  # Inside a virtual machine without CAP_SYS_RESOURCE runc may not lower oom_score_adj, and dies of trying.
  restrict_oom_score_adj = true
[${cri}.cni]
  bin_dir = "${cniPlugins}"
  conf_dir = "${folder}"
[${cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[${cri}.containerd.runtimes.runc.options]
  BinaryName = "${runc}"
  SystemdCgroup = false
`;
}

export interface KubeletFacts {
  socket: string;
  address: string;
  cgroup: string;
  certificate: string;
  key: string;
  authority: string;
  resolvConf: string;
  podLogs: string;
}

export function kubeletConfig(facts: KubeletFacts): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    // Kubernetes 1.35 refuses cgroup version 1 unless told; many machines for continuous integration still have it.
    failCgroupV1: false,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: facts.cgroup,
    enforceNodeAllocatable: ['pods'],
    containerRuntimeEndpoint: `unix://${facts.socket}`,
    address: facts.address,
    tlsCertFile: facts.certificate,
    tlsPrivateKeyFile: facts.key,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: facts.authority },
    },
    authorization: { mode: 'Webhook' },
    // Beside the other logs: /var/log is the machine's, and goes with the disk.
    podLogsDir: facts.podLogs,
    failSwapOn: false,
    resolvConf: facts.resolvConf,
    makeIPTablesUtilChains: false,
    // Images that were removed could not be pulled again: there is no registry.
    imageGCHighThresholdPercent: 100,
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    maxPods: 60,
    // Secrets and ConfigMaps reach Pods sooner; the default of a minute would only make the night longer.
    syncFrequency: '10s',
  };
}
