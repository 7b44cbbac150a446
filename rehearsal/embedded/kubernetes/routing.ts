import type { Certificate } from '../../../core/network';
import { certificateInSecret } from './certificates';
import { type IngressSettings, servedIngresses } from './controllers/ingress';
import { at } from './json';
import { type Ingress, type IngressBackend, types } from './kinds';
import type { Store } from './store';

/** What an ingress controller does with a request of one host and path. */
export interface Route {
  namespace: string;
  ingress: string;
  service: string;
  /** Names of the Pods that may answer. None: 503. */
  pods: string[];
  /** The Secret with the certificate for this host; absent when no `tls` names the host. */
  secretName?: string;
  /** The Pods answer, and with 500. */
  broken: boolean;
}

export interface Backend {
  namespace: string;
  ingress: string;
  service: string;
}

/** `*.example.com` stands for exactly one label. */
function hostMatches(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*.')) return pattern.toLowerCase() === host;
  return host.slice(host.indexOf('.')) === pattern.slice(1).toLowerCase() && host.includes('.');
}

/** How well a path fits: longer is better, and an exact one is the best. Undefined when it does not. */
function pathFit(path: string, type: string | undefined, wanted: string): number | undefined {
  if (type === 'Exact') return path === wanted ? Number.MAX_SAFE_INTEGER : undefined;
  const prefix = path.endsWith('/') ? path.slice(0, -1) : path;
  return wanted === prefix || wanted.startsWith(`${prefix}/`) ? prefix.length : undefined;
}

interface Candidate {
  ingress: Ingress;
  backend: IngressBackend;
  fit: number;
}

function candidates(ingress: Ingress, host: string, path: string): Candidate[] {
  const ofRules = (ingress.spec.rules ?? []).flatMap(rule => {
    if (rule.host && !hostMatches(rule.host, host)) return [];
    // A rule for the very host comes before a wildcard, and that before a rule for any host.
    const hostFit = rule.host === undefined || rule.host === '' ? 1 : rule.host.startsWith('*.') ? 2 : 3;
    return (rule.http?.paths ?? []).flatMap(each => {
      const fit = pathFit(each.path ?? '/', each.pathType, path);
      return fit === undefined
        ? []
        : [{ ingress, backend: each.backend, fit: hostFit * 2 ** 40 + Math.min(fit, 2 ** 39) }];
    });
  });
  const { defaultBackend } = ingress.spec;
  return defaultBackend ? [...ofRules, { ingress, backend: defaultBackend, fit: 0 }] : ofRules;
}

/** The Service that a request goes to: the best fit, and of equal ones that of the oldest Ingress. */
export function backendFor(
  store: Store,
  settings: IngressSettings,
  host: string,
  path: string,
): Backend | undefined {
  let best: Candidate | undefined;
  for (const ingress of servedIngresses(store, settings)) {
    for (const candidate of candidates(ingress, host.toLowerCase(), path.split('?')[0] ?? '/')) {
      if (candidate.backend.service && (!best || candidate.fit > best.fit)) best = candidate;
    }
  }
  const service = best?.backend.service?.name;
  if (!best || service === undefined) return undefined;
  const { namespace = '', name } = best.ingress.metadata;
  return { namespace, ingress: name, service };
}

/** The Secret that the ingress controller serves for a name: from the oldest Ingress that has both rule and tls. */
export function tlsSecretFor(
  store: Store,
  settings: IngressSettings,
  serverName: string,
): { namespace: string; secretName: string } | undefined {
  const host = serverName.toLowerCase();
  for (const { metadata, spec } of servedIngresses(store, settings)) {
    if (!spec.rules?.some(rule => rule.host && hostMatches(rule.host, host))) continue;
    const tls = spec.tls?.find(each => each.hosts?.some(name => hostMatches(name, host)));
    if (tls?.secretName) return { namespace: metadata.namespace ?? '', secretName: tls.secretName };
  }
  return undefined;
}

/** Traefik makes up two for each certificate. */
const HASH = '0123456789abcdef0123456789abcdef';

/** What a handshake gets when no Secret fits: a certificate of the controller's own, for no name at all. */
export function defaultCertificate(store: Store, now: number): Certificate {
  const classes = store.list(types.ingressClass);
  const traefik = classes.some(({ spec }) => at(spec, 'controller') === 'traefik.io/ingress-controller');
  const own = traefik
    ? { names: [`${HASH}.${HASH}.traefik.default`], issuer: 'TRAEFIK DEFAULT CERT' }
    : { names: ['ingress.local'], issuer: 'Kubernetes Ingress Controller Fake Certificate' };
  return {
    ...own,
    validFrom: now - 86_400_000,
    validTo: now + 365 * 86_400_000,
    trusted: false,
    problem: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  };
}

/** The certificate in a Secret, as far as the ingress controller can use it. */
export function certificateIn(store: Store, namespace: string, secretName: string): Certificate | undefined {
  return certificateInSecret(store.peek(types.secret, namespace, secretName));
}
