/**
 * The configuration as every other part reads it: validated, defaults filled in, durations in seconds.
 * `lib/config` makes it from lifeboat.yaml; it travels to the Lambdas as JSON beside their code.
 */
import type { HealthExpectation } from './health';

export type SiteName = 'primary' | 'dr';
export const SITE_NAMES: readonly SiteName[] = ['primary', 'dr'];

export type SwitchName = 'standby-switch' | 'cname';
export type Trigger = 'automatic' | 'approval' | 'manual';
export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'CronJob';

export interface Config {
  version: 1;
  /** Names the stacks, the state machines and everything else that this configuration owns. */
  name: string;
  zone: Zone;
  sites: Record<SiteName, Site>;
  switch: SwitchName;
  notify: Subscription[];
  dependencies: Dependency[];
  approval: ApprovalPolicy;
  guard: Guard;
  apps: App[];
}

export interface Zone {
  id: string;
  name: string;
  /** A role to assume for a zone that lives in another account. */
  roleArn?: string;
}

export interface Site {
  region: string;
  cluster: string;
  /** For clusters with a private endpoint: where the Lambdas must stand to reach it. */
  network?: { vpc: string; subnets: string[]; securityGroups: string[] };
}

export type Subscription =
  | { kind: 'email'; address: string }
  | { kind: 'https'; url: string }
  | { kind: 'sms'; number: string }
  | { kind: 'sqs'; queueArn: string }
  | { kind: 'topic'; topicArn: string };

/** Something outside the cluster that must work from the site that is activated. */
export interface Dependency {
  name: string;
  url: string;
  expectStatus: number;
}

/** The guard that watches the other site from this one. */
export interface Guard {
  /** Addresses outside of both sites: while none of them answers, the guard knows that it is blind itself. */
  canaries: string[];
}

/** What happens with apps of trigger `approval`. */
export interface ApprovalPolicy {
  timeoutSeconds: number;
  /** The explicit answer to "nobody answered". */
  ifNobodyAnswers: 'refuse' | 'proceed';
}

export interface App {
  name: string;
  /** Absent for a worker that nobody calls. */
  endpoint?: Endpoint;
  namespaces: string[];
  /** Absent: every Deployment, StatefulSet and CronJob of the namespaces. */
  workloads?: Workload[];
  /** Absent: a stateless app. */
  data?: Data;
  trigger: Trigger;
  dwellSeconds: number;
  coolDownSeconds: number;
  /** Names of apps that come first. */
  after: string[];
}

export interface Endpoint {
  main: string;
  hosts: Record<SiteName, string>;
  ttlSeconds: number;
  zone: Zone;
  /** For standby-switch: the stack does not make the records of main, since a CNAME stands there that must be replaced. */
  records?: 'by-hand';
  health: HealthExpectation;
}

export interface Workload {
  kind: WorkloadKind;
  /** The app's only namespace unless it has several. */
  namespace: string;
  name: string;
  /** Wanted replicas by site; a site that is left out is as the other site. CronJobs have none. */
  replicas: Partial<Record<SiteName, Replicas>>;
}

/** A number, or as many as the other site was last seen to have. */
export type Replicas = number | 'as-other-site';

export interface Data {
  mover: 'velero';
  /** Where Velero lives in both clusters. */
  veleroNamespace: string;
  source: { schedule: string } | { backup: string };
  /** The RPO gate: an older backup is not restored. */
  maxAgeSeconds: number;
  deadlineSeconds: number;
  partiallyFailed: 'refuse' | 'accept';
  /** Resources that are not restored, beyond those that never are. Velero's names: `configmaps`, `jobs.batch`. */
  leaveOut: string[];
  /** Storage classes by name: from the other site's to the activated one's, keyed by direction. */
  storageClasses: Record<SiteName, Record<string, string>>;
  /** Labels to set on what is restored, by the site that is activated. */
  labels: Record<SiteName, Record<string, string>>;
  /** Image registries by prefix: what is replaced by what when the site is activated. */
  images: Record<SiteName, Record<string, string>>;
}
