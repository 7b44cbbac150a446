import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../host/run';
import { API_PORT, API_SERVICE } from '../network';

interface Wanted {
  file: string;
  subject: string;
  extensions: string;
}

/** The certificates of one cluster, made by openssl at the first boot and kept on the Region's disk. */
export class ClusterCertificates {
  constructor(
    private readonly folder: string,
    private readonly node: string,
    private readonly nodeName: string,
  ) {}

  path(file: string): string {
    return join(this.folder, file);
  }

  /** PEM of who signed the API server's certificate. */
  authority(): string {
    return readFileSync(this.path('ca.crt'), 'utf8');
  }

  async make(): Promise<void> {
    if (existsSync(this.path('done'))) return;
    mkdirSync(this.folder, { recursive: true });
    await this.key('ca');
    await run([
      ...['openssl', 'req', '-x509', '-new', '-key', this.path('ca.key'), '-subj', `/CN=${this.nodeName}-ca`],
      ...['-days', '3650', '-out', this.path('ca.crt')],
    ]);
    await run(['openssl', 'genrsa', '-out', this.path('service-accounts.key'), '2048']);
    await Promise.all(this.wanted().map(wanted => this.sign(wanted)));
    for (const user of ['admin', 'node', 'kube-proxy']) this.kubeconfig(user);
    writeFileSync(this.path('done'), '');
  }

  private wanted(): Wanted[] {
    const client = 'extendedKeyUsage=clientAuth';
    const names = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'localhost'].map(
      name => `DNS:${name}`,
    );
    const addresses = ['127.0.0.1', this.node, API_SERVICE].map(address => `IP:${address}`);
    return [
      {
        file: 'apiserver',
        subject: '/CN=kube-apiserver',
        extensions: `subjectAltName=${[...names, ...addresses].join(',')}\nextendedKeyUsage=serverAuth`,
      },
      {
        file: 'kubelet',
        subject: `/CN=${this.nodeName}`,
        extensions: `subjectAltName=IP:${this.node},DNS:${this.nodeName}\nextendedKeyUsage=serverAuth`,
      },
      { file: 'admin', subject: '/O=system:masters/CN=admin', extensions: client },
      {
        file: 'kubelet-client',
        subject: '/O=system:masters/CN=kube-apiserver-kubelet-client',
        extensions: client,
      },
      { file: 'node', subject: `/O=system:nodes/CN=system:node:${this.nodeName}`, extensions: client },
      { file: 'kube-proxy', subject: '/CN=system:kube-proxy', extensions: client },
    ];
  }

  private async key(name: string): Promise<void> {
    await run([
      'openssl',
      'ecparam',
      '-name',
      'prime256v1',
      '-genkey',
      '-noout',
      '-out',
      this.path(`${name}.key`),
    ]);
  }

  private async sign({ file, subject, extensions }: Wanted): Promise<void> {
    await this.key(file);
    const extensionFile = this.path(`${file}.ext`);
    writeFileSync(extensionFile, `${extensions}\n`);
    const request = await run(['openssl', 'req', '-new', '-key', this.path(`${file}.key`), '-subj', subject]);
    await run(
      [
        ...['openssl', 'x509', '-req', '-CA', this.path('ca.crt'), '-CAkey', this.path('ca.key')],
        // Signed side by side, so each takes a random serial number instead of a shared file's next one.
        ...['-set_serial', `0x${randomSerial()}`, '-days', '3650', '-extfile', extensionFile],
        ...['-out', this.path(`${file}.crt`)],
      ],
      { input: request },
    );
  }

  private kubeconfig(user: string): void {
    const data = (file: string) => readFileSync(this.path(file)).toString('base64');
    const name = this.nodeName;
    writeFileSync(
      this.path(`${user}.kubeconfig`),
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': name,
        clusters: [
          {
            name,
            cluster: {
              server: `https://${this.node}:${API_PORT}`,
              'certificate-authority-data': data('ca.crt'),
            },
          },
        ],
        users: [
          {
            name: user,
            user: {
              'client-certificate-data': data(`${user}.crt`),
              'client-key-data': data(`${user}.key`),
            },
          },
        ],
        contexts: [{ name, context: { cluster: name, user } }],
      }),
    );
  }
}

function randomSerial(): string {
  return [...crypto.getRandomValues(new Uint8Array(8))]
    .map(byte => byte.toString(16).padStart(2, '0'))
    .join('');
}
