import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { Daemon } from '../host/daemon';
import { run } from '../host/run';
import { PEBBLE, RESOLVER } from '../network';

/** The certificate authority that everybody in the bed trusts: Pebble, Let's Encrypt's test server. */
export class Pebble {
  private daemon: Daemon | undefined;

  constructor(
    private readonly program: string,
    private readonly folder: string,
  ) {}

  /** PEM of the root that signed everything Pebble issues; it is new at every start. */
  get rootFile(): string {
    return join(this.folder, 'root.pem');
  }

  /** PEM of the authority behind Pebble's own HTTPS, which its clients must be told. */
  get serverAuthority(): string {
    return readFileSync(join(this.folder, 'server.crt'), 'utf8');
  }

  get directory(): string {
    return `https://${PEBBLE.address}:${PEBBLE.port}/dir`;
  }

  async start(): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    const file = (name: string) => join(this.folder, name);
    await run([
      ...['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', file('server.key'), '-out', file('server.crt'), '-days', '3650', '-subj', '/CN=pebble'],
      ...['-addext', `subjectAltName=IP:${PEBBLE.address}`],
    ]);
    writeFileSync(
      file('pebble.json'),
      JSON.stringify({
        pebble: {
          listenAddress: `${PEBBLE.address}:${PEBBLE.port}`,
          managementListenAddress: `${PEBBLE.address}:${PEBBLE.managementPort}`,
          certificate: file('server.crt'),
          privateKey: file('server.key'),
          httpPort: 80,
          tlsPort: 443,
          ocspResponderURL: '',
          externalAccountBindingRequired: false,
        },
      }),
    );
    this.daemon = Daemon.start({
      name: 'pebble',
      command: [this.program, '-config', file('pebble.json'), '-dnsserver', `${RESOLVER}:53`],
      log: file('pebble.log'),
      // Pebble waits and refuses at random to teach its clients patience; cert-manager has learnt it.
      env: { PATH: '/usr/bin:/bin', PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' },
    });
    let root = '';
    await this.daemon.ready(async () => {
      root = await this.root().catch(() => '');
      return root.includes('BEGIN CERTIFICATE');
    }, 10_000);
    writeFileSync(this.rootFile, root);
  }

  async stop(): Promise<void> {
    await this.daemon?.stop();
  }

  private root(): Promise<string> {
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          host: PEBBLE.address,
          port: PEBBLE.managementPort,
          path: '/roots/0',
          ca: this.serverAuthority,
          timeout: 1000,
        },
        response => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => {
            text += part;
          });
          response.once('end', () => resolve(text));
        },
      );
      asked.once('timeout', () => asked.destroy(new Error('Pebble did not answer within a second.')));
      asked.once('error', reject);
      asked.end();
    });
  }
}
