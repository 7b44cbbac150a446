/** From valid fields to the configuration that every other part reads. */
import type {
  App,
  Config,
  Data,
  Endpoint,
  Replicas,
  Site,
  Subscription,
  Workload,
  Zone,
} from '../../core/config';
import { parseDuration } from './duration';
import type { RawConfig } from './schema';
import type { RawApp, RawWorkload } from './schema-app';
import type { RawData } from './schema-data';
import type { RawSubscription } from './schema-notify';
import type { RawSite, RawZone } from './schema-site';

/** The input has passed the schema and the rules. @throws Error when it has not: a defect of Lifeboat. */
export function resolve(raw: RawConfig): Config {
  return {
    version: raw.version,
    name: raw.name,
    zone: zone(raw.zone),
    sites: { primary: site(raw.sites.primary), dr: site(raw.sites.dr) },
    switch: raw.switch,
    notify: raw.notify.map(subscription),
    dependencies: raw.dependencies.map(({ name, url, expect }) => ({ name, url, expectStatus: expect })),
    approval: {
      timeoutSeconds: seconds(raw.approval.timeout),
      ifNobodyAnswers: raw.approval.ifNobodyAnswers,
    },
    guard: { canaries: raw.guard.canaries },
    apps: raw.apps.map(app => resolveApp(app, raw.zone)),
  };
}

function zone({ id, name, role }: RawZone): Zone {
  return role === undefined ? { id, name } : { id, name, roleArn: role };
}

function site({ region, cluster, network }: RawSite): Site {
  return network === undefined ? { region, cluster } : { region, cluster, network };
}

function subscription({ email, https, sms, sqs, topic }: RawSubscription): Subscription {
  if (email !== undefined) return { kind: 'email', address: email };
  if (https !== undefined) return { kind: 'https', url: https };
  if (sms !== undefined) return { kind: 'sms', number: sms };
  if (sqs !== undefined) return { kind: 'sqs', queueArn: sqs };
  if (topic !== undefined) return { kind: 'topic', topicArn: topic };
  throw new Error('a notification without a key passed the rules');
}

function resolveApp(raw: RawApp, topZone: RawZone): App {
  const endpoint = resolveEndpoint(raw, topZone);
  return {
    name: raw.name,
    ...(endpoint === undefined ? {} : { endpoint }),
    namespaces: raw.namespaces,
    ...(raw.workloads === undefined
      ? {}
      : { workloads: raw.workloads.map(each => workload(each, raw.namespaces)) }),
    ...(raw.data === undefined ? {} : { data: resolveData(raw.data) }),
    trigger: raw.trigger,
    dwellSeconds: seconds(raw.dwell),
    coolDownSeconds: seconds(raw.coolDown),
    after: raw.after,
  };
}

function resolveEndpoint(
  { main, hosts, ttl, zone: own, records, health }: RawApp,
  topZone: RawZone,
): Endpoint | undefined {
  if (main === undefined || hosts === undefined) return undefined;
  const { path, status, body } = health;
  return {
    main,
    hosts,
    ttlSeconds: seconds(ttl),
    zone: zone(own ?? topZone),
    ...(records === 'by-hand' ? { records } : {}),
    health: body === undefined ? { path, status } : { path, status, body },
  };
}

function workload({ kind, name, namespace, replicas }: RawWorkload, namespaces: readonly string[]): Workload {
  const where = namespace ?? namespaces[0];
  if (where === undefined) throw new Error(`the workload ${name} has no namespace and passed the rules`);
  const { primary, dr } = replicas ?? {};
  return {
    kind,
    namespace: where,
    name,
    replicas: {
      ...(primary === undefined ? {} : { primary: wanted(primary) }),
      ...(dr === undefined ? {} : { dr: wanted(dr) }),
    },
  };
}

/** Both spellings of "as the other site", whose name follows from the key. */
function wanted(written: number | string): Replicas {
  return typeof written === 'number' ? written : 'as-other-site';
}

function resolveData(raw: RawData): Data {
  return {
    mover: raw.mover,
    veleroNamespace: raw.veleroNamespace,
    source: source(raw),
    maxAgeSeconds: seconds(raw.maxAge),
    deadlineSeconds: seconds(raw.deadline),
    partiallyFailed: raw.partiallyFailed,
    leaveOut: raw.leaveOut,
    storageClasses: bothWays(raw.storageClasses),
    labels: {
      primary: mapValues(raw.labels, bySite => bySite.primary),
      dr: mapValues(raw.labels, bySite => bySite.dr),
    },
    images: bothWays(raw.images),
  };
}

function source({ schedule, backup }: RawData): Data['source'] {
  if (schedule !== undefined) return { schedule };
  if (backup !== undefined) return { backup };
  throw new Error('data without schedule and backup passed the rules');
}

/** @param toDr written primary: dr. Read backwards, the first of two that lead to one wins. */
function bothWays(toDr: Record<string, string>): Record<'primary' | 'dr', Record<string, string>> {
  // Reversed, since the last entry of a key is the one that stays.
  const back = Object.entries(toDr).reverse();
  return { primary: Object.fromEntries(back.map(([primary, dr]) => [dr, primary])), dr: { ...toDr } };
}

function mapValues<From, To>(from: Record<string, From>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(from).map(([key, value]) => [key, change(value)]));
}

function seconds(written: string): number {
  const value = parseDuration(written);
  if (value === undefined) throw new Error(`the duration ${written} passed the schema`);
  return value;
}
