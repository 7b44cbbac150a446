import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { FakeCluster } from '../../../rehearsal/embedded/kubernetes/cluster';
import { types } from '../../../rehearsal/embedded/kubernetes/kinds';
import type { KubeObject } from '../../../rehearsal/embedded/kubernetes/object';
import { clusterAt, condition, ingress, namespace, START } from './fixtures';

const DAY = 86_400_000;

const issuer = (server = 'https://acme-v02.api.letsencrypt.org/directory'): KubeObject => ({
  apiVersion: 'cert-manager.io/v1',
  kind: 'ClusterIssuer',
  metadata: { name: 'letsencrypt' },
  spec: { acme: { server } },
});

const site = (hosts = ['dr.levlabs.link', 'main.levlabs.link']): KubeObject =>
  ingress('site', 'dr.levlabs.link', {
    annotations: { 'cert-manager.io/cluster-issuer': 'letsencrypt' },
    tls: [{ hosts, secretName: 'site-tls' }],
  });

const explicit = (dnsNames = ['dr.levlabs.link']): KubeObject => ({
  apiVersion: 'cert-manager.io/v1',
  kind: 'Certificate',
  metadata: { name: 'own', namespace: 'shop' },
  spec: { secretName: 'own-tls', dnsNames, issuerRef: { name: 'letsencrypt', kind: 'ClusterIssuer' } },
});

function shop() {
  const made = clusterAt();
  made.cluster.store.installCrds(['cert-manager']);
  made.cluster.store.create(namespace('shop'));
  return made;
}

function certificate(cluster: FakeCluster, name: string): KubeObject | undefined {
  return cluster.store.get(cluster.store.typeOf('cert-manager.io/v1', 'Certificate'), 'shop', name);
}

describe('cert-manager', () => {
  test('makes a Certificate of an annotated Ingress and, after a while, the Secret', async () => {
    const { clock, cluster } = shop();
    cluster.store.create(issuer());
    cluster.store.create(site());
    await clock.advance(5_000);
    expect(certificate(cluster, 'site-tls')).toMatchObject({
      metadata: { ownerReferences: [{ kind: 'Ingress', name: 'site' }] },
      spec: {
        dnsNames: ['dr.levlabs.link', 'main.levlabs.link'],
        issuerRef: { kind: 'ClusterIssuer', name: 'letsencrypt' },
      },
    });
    expect(condition(certificate(cluster, 'site-tls'), 'Ready')).toMatchObject({ status: 'False' });
    expect(cluster.certificateIn('shop', 'site-tls')).toBeUndefined();
    await clock.run(cluster.settled());
    expect(condition(certificate(cluster, 'site-tls'), 'Ready')).toMatchObject({ status: 'True' });
    expect(cluster.store.get(types.secret, 'shop', 'site-tls')).toMatchObject({ type: 'kubernetes.io/tls' });
    expect(cluster.certificateIn('shop', 'site-tls')).toMatchObject({
      names: ['dr.levlabs.link', 'main.levlabs.link'],
      validTo: expect.any(Number),
      issuer: "Let's Encrypt",
      trusted: true,
    });
  });

  test('asks for nothing for an Ingress without the annotation', async () => {
    const { clock, cluster } = shop();
    cluster.store.create(issuer());
    cluster.store.create(
      ingress('main', 'main.levlabs.link', { tls: [{ hosts: ['main.levlabs.link'], secretName: 'x' }] }),
    );
    await clock.advance(60_000);
    expect(certificate(cluster, 'x')).toBeUndefined();
  });

  test('issues explicit Certificates, anew when their names change or their Secret is deleted', async () => {
    const { clock, cluster } = shop();
    cluster.store.create(issuer());
    cluster.store.create(explicit());
    await clock.run(cluster.settled());
    expect(cluster.certificateIn('shop', 'own-tls')?.names).toEqual(['dr.levlabs.link']);
    const object = certificate(cluster, 'own') as KubeObject;
    cluster.store.update({
      ...object,
      spec: { ...(object.spec as object), dnsNames: ['main.levlabs.link'] },
    });
    await clock.run(cluster.settled());
    expect(cluster.certificateIn('shop', 'own-tls')?.names).toEqual(['main.levlabs.link']);
    cluster.store.delete(types.secret, 'shop', 'own-tls');
    await clock.run(cluster.settled());
    expect(cluster.certificateIn('shop', 'own-tls')?.names).toEqual(['main.levlabs.link']);
  });

  test('renews after two thirds of the lifetime', async () => {
    const { clock, cluster } = shop();
    cluster.load([issuer(), explicit()]);
    expect(cluster.certificateIn('shop', 'own-tls')?.validTo).toBe(START + 90 * DAY);
    await clock.advance(60 * DAY + 60_000);
    expect(cluster.certificateIn('shop', 'own-tls')?.validTo).toBeGreaterThan(START + 149 * DAY);
  });

  test('cannot renew what cannot be proved, and the old certificate runs out', async () => {
    const { clock, cluster } = shop();
    cluster.load([issuer(), explicit()]);
    const asked: string[] = [];
    cluster.faults.certificateFault = ({ names }) => {
      asked.push(names.join());
      return 'wrong status code 404, expected 200';
    };
    await clock.advance(60 * DAY + 2.5 * 3_600_000);
    expect(asked).toHaveLength(3);
    expect(condition(certificate(cluster, 'own'), 'Ready')).toMatchObject({ status: 'True' });
    await clock.advance(30 * DAY);
    expect(cluster.certificateIn('shop', 'own-tls')?.validTo).toBe(START + 90 * DAY);
    expect(condition(certificate(cluster, 'own'), 'Ready')).toMatchObject({ status: 'False' });
    expect(condition(certificate(cluster, 'own'), 'Issuing')).toMatchObject({
      status: 'False',
      reason: 'Failed',
    });
  });

  test('waits for an issuer that is not there', async () => {
    const { clock, cluster } = shop();
    cluster.store.create(explicit());
    await clock.advance(3_600_000);
    expect(cluster.certificateIn('shop', 'own-tls')).toBeUndefined();
    cluster.store.create(issuer());
    await clock.run(cluster.settled());
    expect(cluster.certificateIn('shop', 'own-tls')).toBeDefined();
  });

  test('issues what nobody trusts from a staging issuer', async () => {
    const { clock, cluster } = shop();
    cluster.store.create(issuer('https://acme-staging-v02.api.letsencrypt.org/directory'));
    cluster.store.create(explicit());
    await clock.run(cluster.settled());
    expect(cluster.certificateIn('shop', 'own-tls')).toMatchObject({
      trusted: false,
      problem: expect.any(String),
    });
  });

  test('takes Certificates of the first load as issued, unless told that they are not', async () => {
    const { clock, cluster } = shop();
    cluster.load([issuer(), site(), explicit()], { notIssued: ['shop/own'] });
    expect(cluster.certificateIn('shop', 'site-tls')).toBeDefined();
    expect(cluster.certificateIn('shop', 'own-tls')).toBeUndefined();
    await clock.advance(20_000);
    expect(cluster.certificateIn('shop', 'own-tls')).toBeDefined();
  });

  test('leaves its certificate in the Secret, so that a copy in another cluster has it too', async () => {
    const { cluster } = shop();
    cluster.load([issuer(), explicit()]);
    const { cluster: other } = shop();
    other.store.create(cluster.store.get(types.secret, 'shop', 'own-tls') as KubeObject);
    expect(other.certificateIn('shop', 'own-tls')).toEqual(cluster.certificateIn('shop', 'own-tls'));
  });
});

describe('a Secret from the manifests', () => {
  const secret = (pem: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'own', namespace: 'shop' },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': Buffer.from(pem).toString('base64'), 'tls.key': '' },
  });

  test('with a real certificate is read with its names and dates, and a self-signed one is not trusted', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pem-'));
    const out = join(folder, 'c.pem');
    const names = 'subjectAltName=DNS:dr.levlabs.link,DNS:main.levlabs.link';
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        join(folder, 'k.pem'),
        '-out',
        out,
        '-days',
        '30',
        '-subj',
        '/CN=own ca',
        '-addext',
        names,
      ],
      { stdio: 'ignore' },
    );
    const pem = readFileSync(out, 'utf8');
    rmSync(folder, { recursive: true });
    const { cluster } = shop();
    cluster.store.create(secret(pem));
    const found = cluster.certificateIn('shop', 'own');
    expect(found).toMatchObject({
      names: ['dr.levlabs.link', 'main.levlabs.link'],
      issuer: 'own ca',
      trusted: false,
      problem: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect((found?.validTo ?? 0) - (found?.validFrom ?? 0)).toBe(30 * DAY);
  });

  test('that leads to a root which Node trusts is trusted', () => {
    const { cluster } = shop();
    cluster.store.create(secret(rootCertificates[0] ?? ''));
    expect(cluster.certificateIn('shop', 'own')).toMatchObject({ trusted: true });
  });

  test('with nonsense in it holds no certificate', () => {
    const { cluster } = shop();
    cluster.store.create(secret('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'));
    expect(cluster.certificateIn('shop', 'own')).toBeUndefined();
    expect(cluster.certificateIn('shop', 'none')).toBeUndefined();
  });
});
