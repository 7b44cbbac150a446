import type { Certificate } from '../../../../core/network';
import { certificateInSecret, encodeCertificate } from '../certificates';
import { at, copyOf, sameJson, text } from '../json';
import { type CertificateObject, type Condition, types } from '../kinds';
import type { KubeObject, WatchEvent } from '../object';
import { isTrue, withCondition } from './conditions';
import {
  type Controller,
  type ControlPlane,
  fromKey,
  isKind,
  keyOf,
  type Requeue,
  writeStatus,
} from './controller';
import { certificateType } from './ingress-shim';

const GROUP = 'cert-manager.io';
const DAY_MS = 86_400_000;
/** Let's Encrypt's 90 days, of which cert-manager uses two thirds. */
const DURATION_MS = 90 * DAY_MS;
/** cert-manager's first back-off after a failed issuance. */
const RETRY_MS = 3_600_000;

/** Keeps a Secret with a valid certificate for each Certificate, as cert-manager with an ACME issuer does. */
export class CertificateController implements Controller {
  readonly name = 'certificate';
  private readonly issuing = new Set<string>();
  /** Certificates of the first load that are not taken as issued: `namespace/name`. */
  readonly notIssued = new Set<string>();

  constructor(
    private readonly plane: ControlPlane,
    private readonly requeue: Requeue,
  ) {}

  keysFor({ object }: WatchEvent): string[] {
    if (isKind(object, { kind: 'Certificate', group: GROUP })) return [keyOf(object)];
    const issuer = ['Issuer', 'ClusterIssuer'].some(kind => isKind(object, { kind, group: GROUP }));
    const secret = isKind(object, types.secret);
    const type = issuer || secret ? certificateType(this.plane.store) : undefined;
    if (!type) return [];
    return this.plane.store
      .view<CertificateObject>(type, secret ? object.metadata.namespace : undefined)
      .filter(({ spec }) => (secret ? spec.secretName : spec.issuerRef.name) === object.metadata.name)
      .map(keyOf);
  }

  reset(): void {
    this.issuing.clear();
  }

  reconcile(key: string): void {
    const certificate = this.find(key);
    if (!certificate || certificate.metadata.deletionTimestamp !== undefined) return;
    const content = this.contentOf(certificate);
    const now = this.plane.clock.now();
    const reason = staleReason(certificate, content);
    const good = content && reason === undefined;
    if (good && now < renewalOf(certificate, content)) {
      this.reportReady(certificate, content);
      this.requeue(key, renewalOf(certificate, content) - now, { background: true });
      return;
    }
    // While it is renewed, the old certificate stays Ready, until it has run out.
    if (!good || now >= content.validTo) this.reportNotReady(certificate, reason ?? 'Expired');
    if (this.issuing.has(key) || this.backsOff(key, certificate)) return;
    this.issuing.add(key);
    const background = this.plane.steady && this.notIssued.has(key);
    this.plane.timers.after(this.plane.timing.issueMs, () => this.attempt(key), { background });
  }

  private find(key: string): CertificateObject | undefined {
    const { namespace, name } = fromKey(key);
    const type = certificateType(this.plane.store);
    return type && this.plane.store.peek<CertificateObject>(type, namespace, name);
  }

  private contentOf(certificate: CertificateObject): Certificate | undefined {
    const { namespace } = certificate.metadata;
    return certificateInSecret(this.plane.store.peek(types.secret, namespace, certificate.spec.secretName));
  }

  private backsOff(key: string, certificate: CertificateObject): boolean {
    const failed = text(at(certificate.status, 'lastFailureTime'));
    const leftMs = failed === undefined ? 0 : Date.parse(failed) + RETRY_MS - this.plane.clock.now();
    if (leftMs > 0) this.requeue(key, leftMs, { background: true });
    return leftMs > 0;
  }

  private attempt(key: string): void {
    this.issuing.delete(key);
    const certificate = this.find(key);
    if (!certificate || certificate.metadata.deletionTimestamp !== undefined) return;
    const issuer = this.issuerOf(certificate);
    // Without its issuer a request waits, and is looked at again when the issuer comes.
    if (!issuer && !this.plane.steady) {
      this.report(certificate, [
        { type: 'Issuing', status: 'True', reason: 'Pending', message: 'Referenced issuer not found' },
      ]);
      return;
    }
    const fault = this.plane.steady ? undefined : this.faultOf(certificate);
    if (fault === undefined) {
      this.issue(certificate, issuer);
      return;
    }
    const failed: Condition = { type: 'Issuing', status: 'False', reason: 'Failed', message: fault };
    this.report(certificate, [failed], { lastFailureTime: this.plane.store.timestamp() });
    this.requeue(key, RETRY_MS, { background: true });
  }

  private faultOf(certificate: CertificateObject): string | undefined {
    return this.plane.faults.certificateFault({
      namespace: certificate.metadata.namespace ?? '',
      name: certificate.metadata.name,
      names: namesOf(certificate),
      issuer: certificate.spec.issuerRef.name,
    });
  }

  private issuerOf({ metadata, spec }: CertificateObject): KubeObject | undefined {
    const cluster = spec.issuerRef.kind === 'ClusterIssuer';
    const type = this.plane.store.typeOfResource(GROUP, 'v1', cluster ? 'clusterissuers' : 'issuers');
    return type && this.plane.store.peek(type, cluster ? undefined : metadata.namespace, spec.issuerRef.name);
  }

  private issue(certificate: CertificateObject, issuer: KubeObject | undefined): void {
    const { store, clock } = this.plane;
    const { namespace } = certificate.metadata;
    const { secretName, issuerRef } = certificate.spec;
    const names = namesOf(certificate);
    const data = {
      'tls.crt': encodeCertificate({
        names,
        validFrom: clock.now(),
        validTo: clock.now() + (durationMs(certificate.spec.duration) ?? DURATION_MS),
        ...signerOf(issuer, issuerRef.name),
      }),
      'tls.key': Buffer.from('the fake has no private keys').toString('base64'),
    };
    const annotations = {
      'cert-manager.io/alt-names': names.join(','),
      'cert-manager.io/certificate-name': certificate.metadata.name,
      'cert-manager.io/common-name': names[0] ?? '',
      'cert-manager.io/issuer-name': issuerRef.name,
      'cert-manager.io/issuer-kind': issuerRef.kind ?? 'Issuer',
      'cert-manager.io/issuer-group': issuerRef.group ?? GROUP,
    };
    const existing = store.get(types.secret, namespace, secretName);
    if (existing) {
      existing.metadata.annotations = { ...existing.metadata.annotations, ...annotations };
      store.update({ ...existing, data });
    } else {
      const labels = { 'controller.cert-manager.io/fao': 'true' };
      const metadata = {
        name: secretName,
        ...(namespace === undefined ? {} : { namespace }),
        labels,
        annotations,
      };
      store.create({ apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/tls', data });
    }
  }

  private reportReady(certificate: CertificateObject, content: Certificate): void {
    const message = 'Certificate is up to date and has not expired';
    const {
      conditions: _conditions,
      lastFailureTime: _failure,
      ...kept
    } = { ...certificate.status } as Record<string, unknown>;
    const conditions = withCondition(
      certificate.status?.conditions?.filter(each => each.type !== 'Issuing'),
      { type: 'Ready', status: 'True', reason: 'Ready', message },
      this.plane.store.timestamp(),
    );
    writeStatus(this.plane.store, certificate, {
      ...kept,
      conditions,
      notBefore: new Date(content.validFrom).toISOString(),
      notAfter: new Date(content.validTo).toISOString(),
      renewalTime: new Date(renewalOf(certificate, content)).toISOString(),
    });
  }

  private reportNotReady(certificate: CertificateObject, reason: string): void {
    if (isTrue(certificate.status?.conditions, 'Issuing')) return;
    const failed = at(certificate.status, 'lastFailureTime') !== undefined;
    this.report(certificate, [
      { type: 'Ready', status: 'False', reason, message: 'Issuing certificate as Secret does not match it' },
      ...(failed ? [] : [{ type: 'Issuing', status: 'True', reason } as const]),
    ]);
  }

  private report(
    certificate: CertificateObject,
    wanted: Condition[],
    fields: Record<string, unknown> = {},
  ): void {
    const now = this.plane.store.timestamp();
    const conditions = wanted.reduce<Condition[]>(
      (all, each) => withCondition(all, each, now),
      (certificate.status?.conditions ?? []).map(each => copyOf(each)),
    );
    writeStatus(this.plane.store, certificate, { ...certificate.status, conditions, ...fields });
  }
}

function namesOf({ spec }: CertificateObject): string[] {
  return [
    ...new Set([...(spec.commonName === undefined ? [] : [spec.commonName]), ...(spec.dnsNames ?? [])]),
  ];
}

/** Why what is in the Secret is not what the Certificate asks for. */
function staleReason(certificate: CertificateObject, content: Certificate | undefined): string | undefined {
  if (!content) return 'DoesNotExist';
  return sameJson([...content.names].sort(), namesOf(certificate).sort()) ? undefined : 'SecretMismatch';
}

function renewalOf({ spec }: CertificateObject, { validFrom, validTo }: Certificate): number {
  return validTo - (durationMs(spec.renewBefore) ?? (validTo - validFrom) / 3);
}

/** Go's durations: `2160h`, `2160h0m0s`. */
function durationMs(duration: string | undefined): number | undefined {
  if (duration === undefined) return undefined;
  const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
  return [...duration.matchAll(/([\d.]+)(ms|h|m|s)/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0),
    0,
  );
}

/** Who signs, and whether a client trusts it: staging and private issuers are trusted by nobody. */
function signerOf(
  issuer: KubeObject | undefined,
  name: string,
): Pick<Certificate, 'issuer' | 'trusted' | 'problem'> {
  const server = text(at(issuer, 'spec', 'acme', 'server'));
  if (server?.includes('staging')) {
    return {
      issuer: "(STAGING) Let's Encrypt",
      trusted: false,
      problem: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    };
  }
  if (at(issuer, 'spec', 'selfSigned') !== undefined || at(issuer, 'spec', 'ca') !== undefined) {
    return { issuer: name, trusted: false, problem: 'SELF_SIGNED_CERT_IN_CHAIN' };
  }
  return {
    issuer: server === undefined || server.includes('letsencrypt.org') ? "Let's Encrypt" : name,
    trusted: true,
  };
}
