import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

/** The examples keep the promises that Lifeboat is built on: docs/ and their own comments say which and why. */

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    uid?: string;
    resourceVersion?: string;
    managedFields?: unknown[];
  };
  spec?: Spec;
  provisioner?: string;
  status?: unknown;
}

interface Spec {
  replicas?: number;
  suspend?: boolean;
  paused?: boolean;
  schedule?: string;
  ingressClassName?: string;
  rules?: { host: string; http: { paths: { path: string; backend: { service: Backend } }[] } }[];
  tls?: { hosts: string[]; secretName: string }[];
  selector?: Record<string, string> & { matchLabels?: Record<string, string> };
  ports?: { port: number }[];
  template?: Template & BackupTemplate;
  jobTemplate?: { spec: { template: Template } };
  volumeClaimTemplates?: { metadata: { name: string }; spec: { storageClassName: string } }[];
  storageClassName?: string;
  secretName?: string;
  dnsNames?: string[];
  issuerRef?: { kind: string; name: string };
  acme?: { solvers: { selector: { dnsZones: string[] }; dns01?: { route53: { hostedZoneID: string } } }[] };
  accessMode?: string;
  objectStorage?: { bucket: string; prefix: string };
  config?: { region: string };
}

interface Backend {
  name: string;
  port: { number: number };
}

interface Template {
  metadata?: { labels?: Record<string, string> };
  spec?: {
    containers: { image: string; resources?: { requests?: Record<string, string> } }[];
    volumes?: { name: string; persistentVolumeClaim?: { claimName: string } }[];
  };
}

interface BackupTemplate {
  includedNamespaces?: string[];
  storageLocation?: string;
}

interface Configuration {
  zone: Zone;
  sites: Record<Site, { region: string; cluster: string }>;
  apps: AppEntry[];
}

interface Zone {
  id: string;
  name: string;
}

interface AppEntry {
  name: string;
  main?: string;
  hosts?: Record<Site, string>;
  zone?: Zone;
  namespaces: string[];
  workloads?: { kind: string; name: string; namespace?: string }[];
  data?: { schedule: string; storageClasses?: Record<string, string>; images?: Record<string, string> };
}

type CalledApp = AppEntry & { main: string; hosts: Record<Site, string> };
type Site = 'primary' | 'dr';

const SITES: readonly Site[] = ['primary', 'dr'];
const EXAMPLES = ['levlabs', 'five-apps'];
/** external-dns up to 0.21 reads the first, from 0.22 on the second; never both. */
const PREFIXES = ['external-dns.alpha.kubernetes.io/', 'external-dns.kubernetes.io/'];
const WORKLOADS = ['Deployment', 'StatefulSet', 'CronJob'];
const CLUSTER_WIDE = ['Namespace', 'ClusterIssuer', 'IngressClass', 'StorageClass'];

function load(example: string, site: Site): Manifest[] {
  const folder = join(__dirname, '../../examples', example, site);
  return readdirSync(folder)
    .sort()
    .flatMap(file => parseAllDocuments(readFileSync(join(folder, file), 'utf8')))
    .map(document => {
      if ('errors' in document && document.errors.length > 0) throw document.errors[0];
      return document.toJS() as Manifest & { items?: Manifest[] };
    })
    .flatMap(object => (object.kind === 'List' ? (object.items ?? []) : [object]));
}

/**
 * The hosts that external-dns 0.21 makes records of, at its default settings: those of rules, of tls and of the
 * hostname annotation together, unless an annotation of its prefix says otherwise (its source/ingress.go).
 */
function published({ metadata: { annotations = {} }, spec = {} }: Manifest, prefix: string): string[] {
  const controller = annotations[`${prefix}controller`];
  if (controller !== undefined && controller !== 'dns-controller') return [];
  const defined = [
    ...(spec.rules ?? []).map(({ host }) => host),
    ...(spec.tls ?? []).flatMap(({ hosts }) => hosts),
  ];
  const annotated = (annotations[`${prefix}hostname`] ?? '').replaceAll(' ', '').split(',');
  const source = annotations[`${prefix}ingress-hostname-source`];
  const chosen =
    source === undefined
      ? [...defined, ...annotated]
      : source === 'annotation-only'
        ? annotated
        : source === 'defined-hosts-only'
          ? defined
          : [];
  return [...new Set(chosen)].filter(host => host !== '');
}

/** The minutes of an hour at which a cron line fires: `*`, `*` with a step, `a-b/n` and lists of numbers. */
function minutesOf(cron: string): number[] {
  const [minutes = ''] = cron.split(' ');
  return minutes.split(',').flatMap(part => {
    const [range = '', step] = part.split('/');
    const [from = 0, to = step === undefined ? from : 59] =
      range === '*' ? [0, 59] : range.split('-').map(Number);
    const stride = Number(step ?? 1);
    return Array.from({ length: Math.floor((to - from) / stride) + 1 }, (_, index) => from + index * stride);
  });
}

function keyOf({ kind, metadata: { namespace, name } }: Manifest): string {
  return [kind, namespace, name].filter(Boolean).join('/');
}

describe.each(EXAMPLES)('examples/%s', example => {
  const config = parse(
    readFileSync(join(__dirname, '../../examples', example, 'lifeboat.yaml'), 'utf8'),
  ) as Configuration;
  const manifests = { primary: load(example, 'primary'), dr: load(example, 'dr') };
  const called = config.apps.filter((app): app is CalledApp => app.main !== undefined);

  const all = (site: Site, kind: string, namespaces?: string[]) =>
    manifests[site].filter(
      object => object.kind === kind && (namespaces?.includes(object.metadata.namespace ?? '') ?? true),
    );
  const names = (site: Site, kind: string) => all(site, kind).map(({ metadata }) => metadata.name);
  const only = (site: Site, kind: string, fits: (object: Manifest) => boolean): Manifest => {
    const [found, ...more] = all(site, kind).filter(fits);
    if (!found || more.length > 0) throw new Error(`${site}: ${found ? 'more than one' : 'no'} such ${kind}`);
    return found;
  };
  const ingressOf = (site: Site, host: string) =>
    only(site, 'Ingress', ({ spec }) => spec?.rules?.some(rule => rule.host === host) ?? false);
  const backendOf = ({ spec }: Manifest) => spec?.rules?.[0]?.http.paths[0]?.backend.service;
  const publishedBy = (site: Site, prefix: string) =>
    all(site, 'Ingress').flatMap(ingress => published(ingress, prefix));
  const appNamespaces = config.apps.flatMap(app => app.namespaces);
  const pods = (object: Manifest) => object.spec?.template ?? object.spec?.jobTemplate?.spec.template;

  describe.each(SITES)('%s', site => {
    test('every object has a name of its own and a namespace that is there', () => {
      const keys = manifests[site].map(keyOf);
      expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
      for (const { kind, metadata } of manifests[site]) {
        if (CLUSTER_WIDE.includes(kind)) expect(metadata.namespace).toBeUndefined();
        else expect(names(site, 'Namespace')).toContain(metadata.namespace);
      }
    });

    test('what lifeboat.yaml names is there', () => {
      for (const app of config.apps) {
        expect(names(site, 'Namespace')).toEqual(expect.arrayContaining(app.namespaces));
        for (const { kind, name, namespace = app.namespaces[0] } of app.workloads ?? []) {
          only(site, kind, ({ metadata }) => metadata.name === name && metadata.namespace === namespace);
        }
        expect(WORKLOADS.flatMap(kind => all(site, kind, app.namespaces))).not.toEqual([]);
        if (!app.data) continue;
        const schedule = only(site, 'Schedule', ({ metadata }) => metadata.name === app.data?.schedule);
        expect(schedule.metadata.namespace).toBe('velero');
        expect(schedule.spec?.template?.includedNamespaces).toEqual(app.namespaces);
      }
    });

    test('nothing in the namespaces of the apps is left out of a list of workloads', () => {
      for (const app of config.apps.filter(({ workloads }) => workloads)) {
        const there = WORKLOADS.flatMap(kind => all(site, kind, app.namespaces)).map(keyOf);
        const listed = (app.workloads ?? []).map(({ kind, name }) => `${kind}/${app.namespaces[0]}/${name}`);
        expect(there.sort()).toEqual(listed.sort());
      }
    });

    test('the site name and main lead to the same Service, which has pods behind it', () => {
      for (const app of called) {
        const ingresses = [ingressOf(site, app.hosts[site]), ingressOf(site, app.main)];
        expect(ingresses[0]).not.toBe(ingresses[1]);
        for (const { spec, metadata } of ingresses) {
          expect(spec?.rules).toHaveLength(1);
          expect(app.namespaces).toContain(metadata.namespace);
          expect(names(site, 'IngressClass')).toContain(spec?.ingressClassName);
        }
        const [backend, mainBackend] = ingresses.map(backendOf);
        expect(mainBackend).toEqual(backend);
        const service = only(
          site,
          'Service',
          ({ metadata }) =>
            metadata.name === backend?.name && app.namespaces.includes(metadata.namespace ?? ''),
        );
        expect(service.spec?.ports?.map(({ port }) => port)).toContain(backend?.port.number);
        const labels = all(site, 'Deployment', app.namespaces).map(object => pods(object)?.metadata?.labels);
        expect(labels).toContainEqual(expect.objectContaining(service.spec?.selector ?? { no: 'selector' }));
      }
    });

    test('one certificate for exactly both names, from one Secret, asked for once, by DNS-01', () => {
      for (const app of called) {
        const tls = [app.hosts[site], app.main].map(host => ({ host, ingress: ingressOf(site, host) }));
        const secrets = tls.map(({ host, ingress }) => {
          expect(ingress.spec?.tls?.flatMap(({ hosts }) => hosts)).toEqual([host]);
          const asks = Object.keys(ingress.metadata.annotations ?? {}).filter(key =>
            /cert-manager|acme/.test(key),
          );
          expect(asks).toEqual([]);
          return ingress.spec?.tls?.[0]?.secretName;
        });
        expect(secrets[1]).toBe(secrets[0]);
        const certificate = only(site, 'Certificate', ({ spec, metadata }) => {
          return spec?.secretName === secrets[0] && app.namespaces.includes(metadata.namespace ?? '');
        });
        expect(certificate.spec?.dnsNames?.toSorted()).toEqual([app.hosts[site], app.main].sort());
        const issuer = only(
          site,
          'ClusterIssuer',
          ({ metadata }) => metadata.name === certificate.spec?.issuerRef?.name,
        );
        const zone = app.zone ?? config.zone;
        const solvers = issuer.spec?.acme?.solvers ?? [];
        expect(solvers.every(({ dns01 }) => dns01)).toBe(true);
        const solver = solvers.find(({ selector }) => selector.dnsZones.includes(zone.name));
        expect(solver?.dns01?.route53.hostedZoneID).toBe(zone.id);
      }
      expect(all(site, 'Certificate')).toHaveLength(called.length);
      expect(all(site, 'Secret')).toEqual([]);
    });

    test.each(PREFIXES)('%s* hides main and publishes just the site names', prefix => {
      for (const app of called) {
        const main = ingressOf(site, app.main);
        const hidden = Object.keys(main.metadata.annotations ?? {}).filter(key => key.startsWith(prefix));
        expect(hidden).not.toEqual([]);
        expect(published(main, prefix)).toEqual([]);
        expect(published(ingressOf(site, app.hosts[site]), prefix)).toEqual([app.hosts[site]]);
      }
      expect(publishedBy(site, prefix).sort()).toEqual(called.map(app => app.hosts[site]).sort());
    });

    test('an app that nobody calls has no Ingress, Service or Certificate', () => {
      for (const app of config.apps.filter(({ main }) => main === undefined)) {
        for (const kind of ['Ingress', 'Service', 'Certificate']) {
          expect(all(site, kind, app.namespaces)).toEqual([]);
        }
      }
    });

    test('claims ask for storage classes of this site', () => {
      const classes = names(site, 'StorageClass');
      const claimed = manifests[site].flatMap(({ kind, spec }) => [
        ...(kind === 'PersistentVolumeClaim' ? [spec?.storageClassName] : []),
        ...(spec?.volumeClaimTemplates ?? []).map(template => template.spec.storageClassName),
      ]);
      for (const claim of claimed) expect(classes).toContain(claim);
      for (const { data } of config.apps) {
        const pairs = Object.entries(data?.storageClasses ?? {});
        expect(classes).toEqual(expect.arrayContaining(pairs.map(pair => pair[SITES.indexOf(site)])));
      }
    });

    test('every container says what it needs and comes from a registry that this site has', () => {
      const other = site === 'primary' ? 'dr' : 'primary';
      for (const workload of WORKLOADS.flatMap(kind => all(site, kind, appNamespaces))) {
        for (const { image, resources } of pods(workload)?.spec?.containers ?? []) {
          expect(resources?.requests).toEqual({ cpu: expect.any(String), memory: expect.any(String) });
          expect(image).not.toContain(config.sites[other].region);
          expect(image).not.toMatch(/:latest$|^[^:]*$/);
        }
      }
      for (const { data, namespaces } of config.apps) {
        const images = WORKLOADS.flatMap(kind => all(site, kind, namespaces)).flatMap(workload =>
          (pods(workload)?.spec?.containers ?? []).map(({ image }) => image),
        );
        for (const pair of Object.entries(data?.images ?? {})) {
          const registry = pair[SITES.indexOf(site)] ?? '';
          expect(images.filter(image => !image.startsWith(`${registry}/`))).toEqual([]);
        }
      }
    });

    test('Velero is there, and its Schedules write where this site may write', () => {
      only(
        site,
        'Deployment',
        ({ metadata }) => metadata.namespace === 'velero' && metadata.name === 'velero',
      );
      only(
        site,
        'DaemonSet',
        ({ metadata }) => metadata.namespace === 'velero' && metadata.name === 'node-agent',
      );
      for (const { spec } of all(site, 'Schedule')) {
        const location = only(
          site,
          'BackupStorageLocation',
          ({ metadata }) => metadata.name === spec?.template?.storageLocation,
        );
        expect(location.spec?.accessMode).toBe('ReadWrite');
      }
    });
  });

  test.each(PREFIXES)('no name would be published by both clusters, and main by none (%s*)', prefix => {
    const primary = publishedBy('primary', prefix);
    const dr = publishedBy('dr', prefix);
    expect(primary.filter(host => dr.includes(host))).toEqual([]);
    for (const { main } of called) expect([...primary, ...dr]).not.toContain(main);
  });

  test('both sites have the same workloads, Services and autoscalers', () => {
    for (const kind of [
      ...WORKLOADS,
      'Service',
      'HorizontalPodAutoscaler',
      'Ingress',
      'Certificate',
      'Schedule',
    ]) {
      expect(all('dr', kind).map(keyOf).sort()).toEqual(all('primary', kind).map(keyOf).sort());
    }
  });

  test('primary works and dr is at rest', () => {
    const scaled = ['Deployment', 'StatefulSet'];
    for (const { spec } of scaled.flatMap(kind => all('primary', kind, appNamespaces))) {
      expect(spec?.replicas).toBeGreaterThan(0);
    }
    for (const { spec } of scaled.flatMap(kind => all('dr', kind, appNamespaces)))
      expect(spec?.replicas).toBe(0);
    for (const { spec } of all('primary', 'CronJob')) expect(spec?.suspend).toBe(false);
    for (const { spec } of all('dr', 'CronJob')) expect(spec?.suspend).toBe(true);
    for (const { spec } of all('primary', 'Schedule')) expect(spec?.paused).toBe(false);
    for (const { spec } of all('dr', 'Schedule')) expect(spec?.paused).toBe(true);
  });

  test('dr has no claims: Velero brings none over one that is there', () => {
    expect(all('dr', 'PersistentVolumeClaim')).toEqual([]);
    const claims = all('primary', 'PersistentVolumeClaim').map(({ metadata }) => metadata.name);
    const mounted = all('primary', 'Deployment', appNamespaces)
      .flatMap(workload => pods(workload)?.spec?.volumes ?? [])
      .flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
    expect(claims).toEqual(mounted);
  });

  test('each site reads the backups of the other, from a bucket outside the Region that made them', () => {
    const locations = (site: Site) =>
      Object.fromEntries(
        all(site, 'BackupStorageLocation').map(({ metadata, spec }) => [metadata.name, { ...spec }]),
      );
    const [inPrimary, inDr] = [locations('primary'), locations('dr')];
    expect(Object.keys(inPrimary).sort()).toEqual(Object.keys(inDr).sort());
    for (const [name, here] of Object.entries(inPrimary)) {
      const there = inDr[name];
      expect([here.objectStorage, here.config]).toEqual([there?.objectStorage, there?.config]);
      expect([here.accessMode, there?.accessMode].sort()).toEqual(['ReadOnly', 'ReadWrite']);
      const writer: Site = here.accessMode === 'ReadWrite' ? 'primary' : 'dr';
      expect(here.config?.region).not.toBe(config.sites[writer].region);
    }
  });

  test('the Schedules of both sites never fire in the same minute: their backups would have one name', () => {
    for (const { metadata, spec } of all('primary', 'Schedule')) {
      const other = only('dr', 'Schedule', object => object.metadata.name === metadata.name);
      const taken = minutesOf(spec?.schedule ?? '');
      expect(taken.length).toBeGreaterThan(1);
      expect(minutesOf(other.spec?.schedule ?? '').filter(minute => taken.includes(minute))).toEqual([]);
    }
  });
});

describe('the model of external-dns', () => {
  const talk = (annotations: Record<string, string>): Manifest => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'main', namespace: 'sample-app', annotations },
    spec: {
      rules: [{ host: 'main.levlabs.link', http: { paths: [] } }],
      tls: [{ hosts: ['primary.levlabs.link', 'main.levlabs.link'], secretName: 'sample-app-tls' }],
    },
  });
  const [old = '', now = ''] = PREFIXES;

  test('publishes main of the Ingress of the talk: an empty hostname hides nothing', () => {
    expect(published(talk({ [`${old}hostname`]: '' }), old)).toEqual([
      'main.levlabs.link',
      'primary.levlabs.link',
    ]);
  });

  test('does not see annotations under the other prefix', () => {
    expect(published(talk({ [`${old}controller`]: 'none' }), old)).toEqual([]);
    expect(published(talk({ [`${old}controller`]: 'none' }), now)).toContain('main.levlabs.link');
  });

  test('reads minutes of cron lines', () => {
    expect(minutesOf('*/15 * * * *')).toEqual([0, 15, 30, 45]);
    expect(minutesOf('4-59/20 * * * *')).toEqual([4, 24, 44]);
    expect(minutesOf('7,22 1 * * *')).toEqual([7, 22]);
  });
});

test('five-apps gives one site as kubectl get prints it', () => {
  const file = join(__dirname, '../../examples/five-apps/dr/all.json');
  const list = JSON.parse(readFileSync(file, 'utf8')) as Manifest & { items: Manifest[] };
  expect(list.kind).toBe('List');
  for (const { metadata } of list.items) {
    expect(metadata).toMatchObject({ uid: expect.any(String), resourceVersion: expect.any(String) });
    expect(metadata.managedFields).not.toEqual([]);
  }
  expect(list.items.find(({ kind }) => kind === 'Ingress')?.status).toBeDefined();
});
