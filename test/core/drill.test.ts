import {
  asInApp,
  dnsDiff,
  drillHost,
  drillIngress,
  drillName,
  drillRestore,
  drillRules,
  drillsUnderWay,
  inScratch,
  mappingOf,
  realRestoreAfter,
  scratchNamespace,
} from '../../core/drill';
import { drillEnd, drillSeconds } from '../../core/drill-report';
import type { IngressObject, RestoreObject } from '../../core/kubernetes';
import { app, appRun, data, deployment, endpoint, NOW, run } from './builders';

const config = { name: 'levlabs' };
const shop = app({ data, namespaces: ['shop', 'shop-db'] });
const mapping = mappingOf(config, shop);

describe('a scratch namespace', () => {
  const long = 'x'.repeat(62);

  it.each(['shop', 'a', long, `${long}1`])('of %s is a DNS label', namespace => {
    const name = scratchNamespace(config, namespace);
    expect(name).toMatch(/^drill-[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
    expect(name.length).toBeLessThanOrEqual(63);
  });

  it('is the same for every drill, and never that of another namespace or configuration', () => {
    expect(scratchNamespace(config, 'shop')).toBe(scratchNamespace(config, 'shop'));
    const names = [
      scratchNamespace(config, `${long}1`),
      scratchNamespace(config, `${long}2`),
      scratchNamespace(config, 'shop'),
      scratchNamespace({ name: 'other' }, 'shop'),
    ];
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the Restore of a drill', () => {
  const restore = drillRestore(shop, data, mapping, drillName(shop, { id: '20260329' }), 'b');

  it('goes into the scratch namespaces, and has a name and a label of its own', () => {
    expect(restore).toMatchObject({
      metadata: {
        name: 'drill-shop-20260329',
        labels: { 'lifeboat.dev/drill': 'shop', 'lifeboat.dev/app': 'shop' },
      },
      spec: { backupName: 'b', includedNamespaces: ['shop', 'shop-db'], namespaceMapping: mapping },
    });
    expect(Object.keys(mapping)).toEqual(['shop', 'shop-db']);
  });

  it('brings what an app needs to run, and nothing that acts on the world', () => {
    const { includedResources } = restore.spec as { includedResources?: string[] };
    expect(includedResources).toEqual(
      expect.arrayContaining(['deployments.apps', 'persistentvolumeclaims', 'pods']),
    );
    for (const kind of [
      'ingresses.networking.k8s.io',
      'cronjobs.batch',
      'jobs.batch',
      'certificates.cert-manager.io',
    ])
      expect(includedResources).not.toContain(kind);
  });

  it('excludes nothing that it includes, which Velero would refuse', () => {
    const { spec } = drillRestore(
      shop,
      { ...data, leaveOut: ['configmaps', 'foos.example.com'] },
      mapping,
      'n',
      'b',
    );
    expect((spec as { excludedResources?: string[] }).excludedResources).toEqual(['foos.example.com']);
  });

  it('hides Services from external-dns, takes their load balancers away, and lets real pods go first', () => {
    const rules = drillRules(shop) as {
      conditions: { groupResource: string; namespaces: string[]; matches?: object[] };
      mergePatches: { patchData: string }[];
    }[];
    // Velero looks at the namespace that the object has in the backup.
    for (const { conditions } of rules) expect(conditions.namespaces).toEqual(['shop', 'shop-db']);
    const patch = (index: number) => JSON.parse(rules[index]?.mergePatches[0]?.patchData ?? '{}') as object;
    expect(patch(0)).toEqual({
      metadata: {
        annotations: {
          'external-dns.alpha.kubernetes.io/controller': 'none',
          'external-dns.kubernetes.io/controller': 'none',
        },
      },
    });
    expect(rules[1]?.conditions.matches).toEqual([{ path: '/spec/type', value: 'LoadBalancer' }]);
    expect(patch(1)).toMatchObject({ spec: { type: 'ClusterIP', loadBalancerClass: null } });
    expect(patch(2)).toEqual({ spec: { template: { spec: { priorityClassName: 'lifeboat-drill' } } } });
  });
});

describe('restores in the same Velero', () => {
  const restore = (
    name: string,
    phase: string | undefined,
    drill: boolean,
    creationTimestamp = '2026',
  ): RestoreObject => ({
    metadata: { name, creationTimestamp, ...(drill ? { labels: { 'lifeboat.dev/drill': 'shop' } } : {}) },
    ...(phase === undefined ? {} : { status: { phase } }),
  });

  it('are ended for a real one when they are drills, and under way', () => {
    const all = [
      restore('new', undefined, true),
      restore('at-work', 'InProgress', true),
      restore('over', 'Completed', true),
      restore('real', 'InProgress', false),
    ];
    expect(drillsUnderWay(all)).toEqual(['new', 'at-work']);
  });

  it('tell whether a real one came behind the drill', () => {
    const drill = restore('drill', 'PartiallyFailed', true, '2026-03-29T03:00:00Z');
    const before = restore('before', 'Completed', false, '2026-03-29T02:00:00Z');
    const behind = restore('behind', 'New', false, '2026-03-29T03:00:05Z');
    const other = restore('other-drill', 'New', true, '2026-03-29T03:00:05Z');
    expect(realRestoreAfter([before, drill, other], drill)).toBeUndefined();
    expect(realRestoreAfter([before, drill, behind], drill)).toBe('behind');
  });
});

it('decides on what stands in the scratch namespace as if it stood in the real one, and changes the scratch one', () => {
  const scratch = mapping.shop ?? '';
  const there = deployment('web', 0, { metadata: { name: 'web', namespace: scratch } });
  expect(asInApp(mapping, there).metadata.namespace).toBe('shop');
  const stranger = deployment('web', 0, { metadata: { name: 'web', namespace: 'elsewhere' } });
  expect(asInApp(mapping, stranger)).toBe(stranger);
  const change = {
    kind: 'Deployment' as const,
    namespace: 'shop',
    name: 'web',
    patch: {},
    detail: 'Deployment shop/web: 0 → 2',
  };
  expect(inScratch(mapping, change)).toEqual({
    ...change,
    namespace: scratch,
    detail: `Deployment ${scratch}/web: 0 → 2`,
  });
});

describe('the Ingress of a drill', () => {
  const host = drillHost(config, shop, endpoint);
  const backend = { service: { name: 'web' } };
  const main: IngressObject = {
    metadata: {
      name: 'main',
      namespace: 'shop',
      annotations: {
        'nginx.ingress.kubernetes.io/proxy-body-size': '8m',
        'cert-manager.io/cluster-issuer': 'letsencrypt',
        'external-dns.alpha.kubernetes.io/hostname': 'main.levlabs.link',
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
        'argocd.argoproj.io/tracking-id': 'x',
      },
    },
    spec: {
      ingressClassName: 'nginx',
      rules: [{ host: 'other.levlabs.link' }, { host: endpoint.main, http: { paths: [{ backend }] } }],
      tls: [{ hosts: [endpoint.main], secretName: 'tls' }],
    },
  };

  it('is that of main in the scratch namespace, under a name of the zone that is nobody else’s', () => {
    expect(host).toMatch(/^drill-[0-9a-f]{8}\.levlabs\.link$/);
    expect(drillIngress(mapping, endpoint, host, [main])).toEqual({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: {
        name: 'lifeboat-drill',
        namespace: mapping.shop,
        annotations: {
          'nginx.ingress.kubernetes.io/proxy-body-size': '8m',
          'external-dns.alpha.kubernetes.io/controller': 'none',
          'external-dns.kubernetes.io/controller': 'none',
        },
      },
      spec: {
        ingressClassName: 'nginx',
        tls: [{ hosts: [host] }],
        rules: [{ host, http: { paths: [{ backend }] } }],
      },
    });
  });

  it('needs one that listens to main', () => {
    expect(drillIngress(mapping, endpoint, host, [])).toBeUndefined();
    expect(drillIngress(mapping, { ...endpoint, main: 'x.levlabs.link' }, host, [main])).toBeUndefined();
  });
});

describe('the DNS diff', () => {
  it.each([
    [
      'one answer',
      ['primary.levlabs.link', 'primary.levlabs.link', undefined],
      [
        '- main.levlabs.link CNAME primary.levlabs.link',
        '+ main.levlabs.link CNAME dr.levlabs.link (TTL 10 s)',
      ],
    ],
    ['nobody answers', [undefined], ['main.levlabs.link: no name server of levlabs.link answers.']],
    [
      'disagreement',
      ['primary.levlabs.link', 'dr.levlabs.link'],
      ['main.levlabs.link: the name servers disagree (primary.levlabs.link, dr.levlabs.link).'],
    ],
    ['no record', [''], ['main.levlabs.link is no CNAME: a flip would refuse to touch it.']],
    [
      'a stranger',
      ['x.example.com'],
      ['main.levlabs.link is x.example.com: a flip would refuse to touch it.'],
    ],
  ])('for %s', (_what, answers, expected) => {
    expect(dnsDiff(endpoint, 'dr', answers)).toEqual(expected);
  });
});

describe('the end of a drill', () => {
  const drill = run({ mode: 'drill', startedBy: 'person' });
  const phase = (from: number, to: number) => ({
    startedAt: NOW + from * 1000,
    endedAt: NOW + to * 1000,
    outcome: 'done' as const,
    detail: '',
  });
  const clean = { cleanup: phase(70, 80) };
  const through = appRun({
    backup: { name: 'b', takenAt: NOW - 600_000 },
    phases: { restore: phase(5, 30), scale: phase(30, 60), verify: phase(60, 65), ...clean },
    dnsDiff: ['- a', '+ b'],
  });

  it('that went through says RTO, RPO, and what a flip would change', () => {
    expect(drillSeconds(through)).toBe(60);
    const { outcome, reasons, next } = drillEnd(drill, through, undefined, NOW + 90_000);
    expect(outcome).toBe('succeeded');
    expect(reasons[0]).toContain('It would work on dr. RTO 60 s for data, pods and verification');
    expect(reasons[0]).toContain('RPO 10 min');
    expect(reasons.slice(1)).toEqual([
      'Everything that the drill had made is removed again.',
      'A real flip would change: - a; + b.',
    ]);
    expect(next).toBeUndefined();
  });

  const failure = { Error: 'PodsNotReady', Cause: '{"errorMessage":"No pod."}' };
  it.each([
    ['failed, and is clean', failure, clean, 'rolled-back', 'is removed again'],
    ['failed, and is not', failure, {}, 'needs-attention', 'is removed yet'],
    ['gave way', { ...failure, Error: 'DrillGaveWay' }, clean, 'refused', 'is removed again'],
    [
      'gave way, and is not clean',
      { ...failure, Error: 'DrillGaveWay' },
      {},
      'needs-attention',
      'is removed yet',
    ],
  ])('that %s', (_what, cause, phases, outcome, left) => {
    expect(drillEnd(drill, appRun({ phases }), cause, NOW)).toMatchObject({
      outcome,
      reasons: [expect.stringContaining('No pod.'), expect.stringContaining(left)],
      next: 'npx lifeboat drill dr --app shop',
    });
  });

  it('that did not begin is refused', () => {
    expect(drillEnd(drill, appRun(), undefined, NOW)).toMatchObject({ outcome: 'refused' });
  });
});
