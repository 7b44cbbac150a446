/** A valid configuration with one field on each line, and ways to break it. */
import { ConfigInvalid, type Problem, parseConfig } from '../../../lib/config';

export const VALID = `version: 1
name: levlabs
zone:
  id: Z0123456789ABCDEFGHIJ
  name: levlabs.link
sites:
  primary:
    region: us-east-1
    cluster: levlabs-primary
  dr:
    region: us-east-2
    cluster: levlabs-dr
    network:
      vpc: vpc-0123456789abcdef0
      subnets: [subnet-0123456789abcdef0]
      securityGroups: [sg-0123456789abcdef0]
switch: cname
notify:
  - email: oncall@levlabs.link
  - https: https://hooks.levlabs.link/lifeboat
  - sms: "+14155550123"
  - sqs: arn:aws:sqs:us-east-2:111122223333:alerts
  - topic: arn:aws:sns:us-east-2:111122223333:alerts
dependencies:
  - name: image registry
    url: https://registry.levlabs.link/v2/
    expect: 401
  - name: login
    url: http://login.levlabs.link
approval:
  timeout: 15m
  ifNobodyAnswers: refuse
apps:
  - name: shop
    main: main.levlabs.link
    hosts:
      primary: primary.levlabs.link
      dr: dr.levlabs.link
    ttl: 10s
    namespaces: [shop, shop-jobs]
    workloads:
      - kind: Deployment
        namespace: shop
        name: web
        replicas: { dr: as-primary }
      - kind: CronJob
        namespace: shop-jobs
        name: nightly
    health:
      path: /healthz
      status: 200
      body: ok
    data:
      mover: velero
      veleroNamespace: backups
      schedule: shop
      maxAge: 90m
      deadline: 20m
      partiallyFailed: refuse
      leaveOut: [configmaps]
      storageClasses: { gp3-primary: gp3-dr }
      labels: { site: { primary: one, dr: two } }
      images: { one.example: two.example }
    trigger: automatic
    dwell: 15s
    coolDown: 30m
    after: [identity]
  - name: identity
    main: login.id.example
    hosts: { primary: one.id.example, dr: two.id.example }
    zone:
      id: Z0123456789ABCDEFGHIK
      name: id.example
      role: arn:aws:iam::111122223333:role/lifeboat-dns
    namespaces: [identity]
  - name: worker
    namespaces: [worker]
    workloads:
      - { kind: StatefulSet, name: queue }
    after: [shop]
`;

/** @param changes texts that stand in VALID exactly once, and what replaces them */
export function changed(...changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((text, [from, to]) => {
    if (text.split(from).length !== 2)
      throw new Error(`"${from}" does not stand exactly once in the fixture`);
    return text.replace(from, () => to);
  }, VALID);
}

export function problemsIn(text: string): readonly Problem[] {
  try {
    parseConfig(text, 'lifeboat.yaml');
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.problems;
    throw error;
  }
  return [];
}

/** The line, from 1, of the only place that holds the text. */
export function lineOf(text: string, part: string): number {
  const [before, ...after] = text.split(part);
  if (before === undefined || after.length !== 1) throw new Error(`"${part}" does not stand exactly once`);
  return before.split('\n').length;
}

/** Each problem as [line, path, message]. */
export function brief(text: string): [line: number, path: string, message: string][] {
  return problemsIn(text).map(({ line, path, message }) => [line, path, message]);
}
