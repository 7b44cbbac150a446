import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { Daemon } from '../host/daemon';
import { API_PORT, SERVICES } from '../network';
import type { ClusterCertificates } from './certificates';

export interface ControlPlaneOptions {
  /** Where the programs are. */
  bin: (name: string) => string;
  /** The command that puts a program into the Region. */
  into: readonly string[];
  certificates: ClusterCertificates;
  address: string;
  /** Of etcd, on the Region's disk. */
  dataFolder: string;
  logs: string;
  /** How tokens that are not service accounts' are judged, as EKS does it: a webhook's kubeconfig. */
  tokenWebhookConfig?: string;
}

/** etcd, API server, controller manager and scheduler: what EKS runs for its users. */
export class ControlPlane {
  private daemons: Daemon[] = [];
  private apiServer: Daemon | undefined;

  constructor(private readonly options: ControlPlaneOptions) {}

  async start(): Promise<void> {
    const { dataFolder } = this.options;
    // Without fsync: a disk that loses what the kernel had not written yet is not part of the story.
    this.daemon('etcd', [
      ...['--data-dir', dataFolder, '--unsafe-no-fsync', '--log-level', 'warn'],
      ...[
        '--listen-client-urls',
        'http://127.0.0.1:2379',
        '--advertise-client-urls',
        'http://127.0.0.1:2379',
      ],
    ]);
    await this.startApiServer();
    const { certificates } = this.options;
    const admin = certificates.path('admin.kubeconfig');
    this.daemon('kube-controller-manager', [
      `--kubeconfig=${admin}`,
      `--authentication-kubeconfig=${admin}`,
      `--authorization-kubeconfig=${admin}`,
      '--bind-address=127.0.0.1',
      '--leader-elect=false',
      `--service-account-private-key-file=${certificates.path('service-accounts.key')}`,
      `--root-ca-file=${certificates.path('ca.crt')}`,
      `--cluster-signing-cert-file=${certificates.path('ca.crt')}`,
      `--cluster-signing-key-file=${certificates.path('ca.key')}`,
      '--use-service-account-credentials=true',
    ]);
    this.daemon('kube-scheduler', [
      `--kubeconfig=${admin}`,
      `--authentication-kubeconfig=${admin}`,
      `--authorization-kubeconfig=${admin}`,
      '--bind-address=127.0.0.1',
      '--leader-elect=false',
    ]);
  }

  /** The API server ends, everything that runs on the node runs on. */
  async stopApiServer(): Promise<void> {
    this.apiServer?.signal('SIGKILL');
    await this.apiServer?.exited;
  }

  async startApiServer(): Promise<void> {
    const { certificates, address, tokenWebhookConfig } = this.options;
    const file = (name: string) => certificates.path(name);
    this.apiServer = this.daemon('kube-apiserver', [
      '--etcd-servers=http://127.0.0.1:2379',
      '--bind-address=0.0.0.0',
      `--advertise-address=${address}`,
      `--secure-port=${API_PORT}`,
      `--tls-cert-file=${file('apiserver.crt')}`,
      `--tls-private-key-file=${file('apiserver.key')}`,
      `--client-ca-file=${file('ca.crt')}`,
      `--kubelet-client-certificate=${file('kubelet-client.crt')}`,
      `--kubelet-client-key=${file('kubelet-client.key')}`,
      `--kubelet-certificate-authority=${file('ca.crt')}`,
      '--kubelet-preferred-address-types=InternalIP',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${file('service-accounts.key')}`,
      `--service-account-signing-key-file=${file('service-accounts.key')}`,
      `--service-cluster-ip-range=${SERVICES}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      '--allow-privileged=true',
      ...(tokenWebhookConfig === undefined
        ? []
        : [
            `--authentication-token-webhook-config-file=${tokenWebhookConfig}`,
            '--authentication-token-webhook-version=v1',
          ]),
    ]);
    await this.apiServer.ready(() => this.isReady(), 60_000);
  }

  async stop(): Promise<void> {
    // The API server flushes what it holds before etcd goes.
    for (const daemon of this.daemons.toReversed()) await daemon.stop(15_000);
  }

  private daemon(name: string, args: readonly string[]): Daemon {
    const { into, bin, logs } = this.options;
    const daemon = Daemon.start({ name, command: [...into, bin(name), ...args], log: `${logs}/${name}.log` });
    this.daemons = [...this.daemons.filter(other => other.name !== name), daemon];
    return daemon;
  }

  private isReady(): Promise<boolean> {
    const { certificates, address } = this.options;
    return new Promise(resolve => {
      const asked = request(
        {
          host: address,
          port: API_PORT,
          path: '/readyz',
          ca: readFileSync(certificates.path('ca.crt')),
          cert: readFileSync(certificates.path('admin.crt')),
          key: readFileSync(certificates.path('admin.key')),
          timeout: 1000,
        },
        response => {
          response.resume();
          resolve(response.statusCode === 200);
        },
      );
      asked.once('timeout', () => asked.destroy());
      asked.once('error', () => resolve(false));
      asked.end();
    });
  }
}
