import type { App, Config } from '../../core/config';

/** An app with everything: a name that people call, data, a way to be started by an alarm. */
export function exampleApp(name: string, overrides: Partial<App> = {}): App {
  const zone = { id: 'Z0123456789ABCDEFGHIJ', name: 'levlabs.link' };
  return {
    name,
    endpoint: {
      main: `${name}.levlabs.link`,
      hosts: { primary: `${name}-primary.levlabs.link`, dr: `${name}-dr.levlabs.link` },
      ttlSeconds: 10,
      zone,
      health: { path: '/healthz', status: 200 },
    },
    namespaces: [name],
    data: {
      mover: 'velero',
      veleroNamespace: 'velero',
      source: { schedule: name },
      maxAgeSeconds: 5400,
      deadlineSeconds: 1200,
      partiallyFailed: 'refuse',
      leaveOut: [],
      storageClasses: { primary: {}, dr: {} },
      labels: { primary: {}, dr: {} },
      images: { primary: {}, dr: {} },
    },
    trigger: 'automatic',
    dwellSeconds: 15,
    coolDownSeconds: 1800,
    after: [],
    ...overrides,
  };
}

export function exampleConfig(apps: App[] = [exampleApp('shop')], overrides: Partial<Config> = {}): Config {
  return {
    version: 1,
    name: 'levlabs',
    zone: { id: 'Z0123456789ABCDEFGHIJ', name: 'levlabs.link' },
    sites: {
      primary: { region: 'us-east-1', cluster: 'levlabs-primary' },
      dr: { region: 'us-east-2', cluster: 'levlabs-dr' },
    },
    switch: 'cname',
    notify: [{ kind: 'email', address: 'oncall@levlabs.link' }],
    dependencies: [],
    approval: { timeoutSeconds: 900, ifNobodyAnswers: 'refuse' },
    guard: { canaries: ['https://canary.example/'] },
    apps,
    ...overrides,
  };
}
