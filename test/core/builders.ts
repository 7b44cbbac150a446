import type { App, Config, Endpoint } from '../../core/config';
import type { WorkloadObject } from '../../core/kubernetes';
import { type AppRun, NEW_APP_RUN } from '../../core/ledger';
import type { Run } from '../../core/run';
import type { Sample } from '../../core/verdict';

export const NOW = Date.parse('2026-03-29T03:00:00Z');

export const endpoint: Endpoint = {
  main: 'main.levlabs.link',
  hosts: { primary: 'primary.levlabs.link', dr: 'dr.levlabs.link' },
  ttlSeconds: 10,
  zone: { id: 'Z0123456789', name: 'levlabs.link' },
  health: { path: '/healthz', status: 200 },
};

export function app(changes: Partial<App> = {}): App {
  return {
    name: 'shop',
    endpoint,
    namespaces: ['shop'],
    trigger: 'automatic',
    dwellSeconds: 15,
    coolDownSeconds: 1800,
    after: [],
    ...changes,
  };
}

export function worker(changes: Partial<App> = {}): App {
  const { endpoint: _none, ...rest } = app({ name: 'mailer', namespaces: ['mailer'] });
  return { ...rest, ...changes };
}

export const data: NonNullable<App['data']> = {
  mover: 'velero',
  veleroNamespace: 'velero',
  source: { schedule: 'shop' },
  maxAgeSeconds: 5400,
  deadlineSeconds: 1200,
  partiallyFailed: 'refuse',
  leaveOut: [],
  storageClasses: { dr: { 'gp3-primary': 'gp3-dr' }, primary: { 'gp3-dr': 'gp3-primary' } },
  labels: { dr: {}, primary: {} },
  images: { dr: {}, primary: {} },
};

export function config(apps: App[] = [app()]): Config {
  return {
    version: 1,
    name: 'levlabs',
    zone: endpoint.zone,
    sites: {
      primary: { region: 'us-east-1', cluster: 'levlabs-primary' },
      dr: { region: 'us-east-2', cluster: 'levlabs-dr' },
    },
    switch: 'cname',
    notify: [],
    dependencies: [],
    approval: { timeoutSeconds: 900, ifNobodyAnswers: 'refuse' },
    guard: { canaries: ['https://canary.example/'] },
    apps,
  };
}

export function run(changes: Partial<Run> = {}): Run {
  return {
    id: 'run-1',
    executionArn: 'arn:aws:states:us-east-2:111122223333:execution:lifeboat-levlabs:run-1',
    activate: 'dr',
    mode: 'failover',
    startedBy: 'alarm',
    reason: 'Alarm',
    startedAt: NOW,
    apps: ['shop'],
    ...changes,
  };
}

export function appRun(changes: Partial<AppRun> = {}): AppRun {
  return { ...NEW_APP_RUN, app: 'shop', ...changes };
}

export function deployment(
  name: string,
  replicas: number | undefined,
  changes: Partial<WorkloadObject> = {},
): WorkloadObject {
  return {
    kind: 'Deployment',
    metadata: { name, namespace: 'shop', generation: 1 },
    spec: replicas === undefined ? {} : { replicas },
    ...changes,
  };
}

export function cronJob(name: string, suspend?: boolean): WorkloadObject {
  return {
    kind: 'CronJob',
    metadata: { name, namespace: 'shop' },
    spec: suspend === undefined ? {} : { suspend },
  };
}

/** `g` good, `b` bad, `u` unseen; one letter is one sample. */
export const samples = (pattern: string, everySeconds = 5): Sample[] =>
  [...pattern].map((letter, index) => ({
    at: NOW + index * everySeconds * 1000,
    seen: letter === 'g' ? 'good' : letter === 'b' ? 'bad' : 'unseen',
    detail: `sample ${letter}`,
  }));

/** Numbers that look random and come again: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of several, by a seeded generator. */
export function pick<T>(random: () => number, ...values: [T, ...T[]]): T {
  return values[Math.floor(random() * values.length)] ?? values[0];
}
