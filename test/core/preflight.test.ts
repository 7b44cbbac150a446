import type { App } from '../../core/config';
import { dependencyFindings, preflight, type TargetFacts } from '../../core/preflight';
import { app, data, deployment, NOW, worker } from './builders';

const ingress = (host: string, service: string) => ({
  metadata: { name: host, namespace: 'shop' },
  spec: { rules: [{ host, http: { paths: [{ backend: { service: { name: service } } }] } }] },
});
const ready: TargetFacts = {
  nodes: [
    {
      metadata: { name: 'a' },
      status: { conditions: [{ type: 'Ready', status: 'True' }], allocatable: { cpu: '4', memory: '8Gi' } },
    },
  ],
  pods: [],
  workloads: [deployment('web', 0)],
  missingWorkloads: [],
  wanted: { 'Deployment/shop/web': 2 },
  ingresses: [ingress('main.levlabs.link', 'web'), ingress('dr.levlabs.link', 'web')],
  services: [{ metadata: { name: 'web', namespace: 'shop' } }],
  handshake: {
    ok: true,
    status: 503,
    body: '',
    tookMs: 1,
    certificate: {
      names: ['main.levlabs.link'],
      validFrom: NOW - 1,
      validTo: NOW + 90 * 86_400_000,
      issuer: 'CA',
      trusted: true,
    },
  },
};
const check = (facts: Partial<TargetFacts>, of: App = app()) =>
  preflight(of, 'dr', 'us-east-1', { ...ready, ...facts }, NOW);
const pod = (requests: object) => ({ spec: { containers: [{ resources: { requests } }] } });
const image = (name: string) =>
  deployment('web', 0, { spec: { replicas: 0, template: { spec: { containers: [{ image: name }, {}] } } } });

it('finds nothing at a target that is ready', () => {
  expect(check({})).toEqual([]);
});

it.each<[string, Partial<TargetFacts>, string, string]>([
  ['an API that does not answer', { unreachable: 'no answer' }, 'api error', 'does not answer: no answer'],
  ['no node', { nodes: [] }, 'nodes error', 'None of 0 nodes is Ready.'],
  [
    'too few cores',
    { workloads: [deployment('web', 0, { spec: { replicas: 0, template: pod({ cpu: '3' }) } })] },
    'room warning',
    '6.0 cores are needed, 4.0 are free',
  ],
  [
    'too little memory',
    { workloads: [deployment('web', 0, { spec: { replicas: 0, template: pod({ memory: '5Gi' }) } })] },
    'room warning',
    '10.0 GiB of memory are needed, 8.0 GiB are free',
  ],
  [
    'a workload that is not there',
    { missingWorkloads: ['Deployment/shop/api'] },
    'workloads error',
    'Not in the cluster: Deployment/shop/api.',
  ],
  ['no workload at all', { workloads: [] }, 'workloads error', 'No workload in namespace shop.'],
  [
    'an image of the lost Region',
    { workloads: [image('1.dkr.ecr.us-east-1.amazonaws.com/web:1')] },
    'images warning',
    'comes from the registry of us-east-1',
  ],
  [
    'an image that cannot be pulled',
    {
      pods: [
        {
          metadata: { name: 'p', namespace: 'shop' },
          status: {
            containerStatuses: [
              { state: {} },
              { state: { waiting: { reason: 'ImagePullBackOff', message: 'no' } } },
            ],
          },
        },
      ],
    },
    'images warning',
    'Pod shop/p: ImagePullBackOff no',
  ],
  [
    'no Ingress for main',
    { ingresses: [ingress('dr.levlabs.link', 'web')] },
    'ingress error',
    'No Ingress of dr listens to main.levlabs.link.',
  ],
  [
    'an Ingress to nowhere',
    { services: [] },
    'ingress error',
    'leads to Service shop/web, which is not there.',
  ],
  [
    'no site Ingress',
    { ingresses: [ingress('main.levlabs.link', 'web')] },
    'ingress warning',
    'No Ingress of dr listens to dr.levlabs.link.',
  ],
  [
    'Ingresses that lead to different Services',
    { ingresses: [ingress('main.levlabs.link', 'web'), ingress('dr.levlabs.link', 'old')] },
    'ingress warning',
    'lead to different Services',
  ],
  [
    'no handshake',
    { handshake: { ok: false, failure: 'unreachable', detail: 'refused' } },
    'certificate error',
    'No TLS handshake with the load balancer: refused.',
  ],
  [
    'an answer without TLS',
    { handshake: { ok: true, status: 200, body: '', tookMs: 1 } },
    'certificate error',
    'it answered without TLS',
  ],
])('finds %s', (_name, facts, what, text) => {
  const findings = check(facts);
  expect(findings.map(({ check: name, level }) => `${name} ${level}`)).toContain(what);
  expect(findings.map(({ detail }) => detail).join(' ')).toContain(text);
});

it('finds a certificate that lacks main, and one that is about to expire', () => {
  const shown = (changes: object) => {
    const { handshake } = ready;
    if (!handshake?.certificate) throw new Error('the ready target has a certificate');
    return check({ handshake: { ...handshake, certificate: { ...handshake.certificate, ...changes } } });
  };
  expect(shown({ names: ['dr.levlabs.link'] })).toMatchObject([{ check: 'certificate', level: 'error' }]);
  expect(shown({ validTo: NOW + 14 * 86_400_000 })).toMatchObject([
    { check: 'certificate', level: 'warning' },
  ]);
  expect(shown({ validTo: NOW + 15 * 86_400_000 })).toEqual([]);
});

it('lets Velero bring what is missing', () => {
  const withData = app({ data });
  const backup = { ok: true as const, name: 'b', takenAt: NOW, ageSeconds: 0 };
  expect(check({ missingWorkloads: ['x'], veleroReady: true, backup }, withData)).toMatchObject([
    { check: 'workloads', level: 'warning' },
  ]);
  expect(check({ veleroReady: false }, withData)).toMatchObject([{ check: 'velero', level: 'error' }]);
  expect(
    check({ veleroReady: true, backup: { ok: false, cause: 'none', reason: 'none there' } }, withData),
  ).toMatchObject([{ check: 'backup', level: 'error', detail: 'none there' }]);
});

it('takes a rewritten registry for replaced', () => {
  const rewritten = app({ data: { ...data, images: { dr: { '1.dkr.ecr.us-east-1': 'x' }, primary: {} } } });
  const facts = { workloads: [image('1.dkr.ecr.us-east-1.amazonaws.com/web:1')], veleroReady: true };
  expect(check(facts, rewritten)).toEqual([]);
});

it('looks into CronJobs for images, and asks a worker neither for Ingresses nor for certificates', () => {
  const jobTemplate = {
    spec: { template: { spec: { initContainers: [{ image: 'r.us-east-1.example/x' }] } } },
  };
  const job = {
    kind: 'CronJob' as const,
    metadata: { name: 'j', namespace: 'mailer' },
    spec: { jobTemplate },
  };
  const { handshake: _none, ...rest } = ready;
  const findings = preflight(
    worker(),
    'dr',
    'us-east-1',
    { ...rest, ingresses: [], services: [], workloads: [job] },
    NOW,
  );
  expect(findings).toMatchObject([{ check: 'images', level: 'warning' }]);
});

it('stands dependencies as warnings: they are for people to judge', () => {
  const dependency = { name: 'registry', url: 'https://r/', expectStatus: 401 };
  expect(
    dependencyFindings([{ dependency, result: { ok: true, status: 401, body: '', tookMs: 1 } }]),
  ).toEqual([]);
  expect(
    dependencyFindings([{ dependency, result: { ok: true, status: 200, body: '', tookMs: 1 } }]),
  ).toMatchObject([{ detail: 'registry (https://r/) answers 200 where 401 is expected.' }]);
  expect(
    dependencyFindings([{ dependency, result: { ok: false, failure: 'timeout', detail: 'slow' } }]),
  ).toMatchObject([{ level: 'warning', detail: 'registry (https://r/) does not answer: slow.' }]);
});

it('judges nothing of a cluster that does not answer', () => {
  expect(check({ unreachable: 'timeout', nodes: [], workloads: [], ingresses: [] })).toEqual([
    { check: 'api', level: 'error', detail: 'The Kubernetes API of dr does not answer: timeout.' },
  ]);
});

it('takes room that is just enough, and tells both when both are short', () => {
  const asking = (cpu: string, memory: string) =>
    check({ workloads: [deployment('web', 0, { spec: { replicas: 0, template: pod({ cpu, memory }) } })] });
  expect(asking('2', '4Gi')).toEqual([]);
  expect(asking('2.5', '5Gi')).toEqual([
    {
      check: 'room',
      level: 'warning',
      detail:
        '5.0 cores are needed, 4.0 are free; 10.0 GiB of memory are needed, 8.0 GiB are free; the nodes must grow first.',
    },
  ]);
});

it('tells an app without data by an error what nobody will bring', () => {
  const withData = app({ data });
  const veleroReady = true;
  expect(check({ workloads: [], wanted: {} })).toMatchObject([{ check: 'workloads', level: 'error' }]);
  expect(check({ workloads: [], wanted: {}, veleroReady }, withData)).toMatchObject([
    { check: 'workloads', level: 'warning', detail: 'No workload in namespace shop.' },
  ]);
  expect(check({ missingWorkloads: ['a', 'b'] })[0]?.detail).toBe('Not in the cluster: a, b.');
});

it('names an image of the lost Region once, and only registries that are there', () => {
  const lost = '1.dkr.ecr.us-east-1.amazonaws.com/web:1';
  const details = (...images: string[]) =>
    check({ workloads: images.map(image) }).map(({ detail }) => detail);
  expect(details(lost, lost)).toEqual([`${lost} comes from the registry of us-east-1.`]);
  expect(details('1.dkr.ecr.us-east-2.amazonaws.com/web:1', 'nginx', 'docker.io/us-east-1/x')).toEqual([]);
});

it('tells pods that cannot be pulled in the namespaces of the app only', () => {
  const stuck = (namespace: string | undefined, reason: string, message?: string) => ({
    metadata: { name: 'p', ...(namespace ? { namespace } : {}) },
    status: { containerStatuses: [{ state: { waiting: { reason, ...(message ? { message } : {}) } } }] },
  });
  const details = (...pods: TargetFacts['pods']) => check({ pods }).map(({ detail }) => detail);
  expect(details(stuck('shop', 'ErrImagePull'))).toEqual(['Pod shop/p: ErrImagePull']);
  expect(details(stuck('other', 'ErrImagePull'), stuck(undefined, 'ErrImagePull'))).toEqual([]);
  expect(details(stuck('shop', 'CrashLoopBackOff'), { metadata: { name: 'q', namespace: 'shop' } })).toEqual(
    [],
  );
});

it('looks at Ingresses by host, with or without rules and paths', () => {
  const bare = { metadata: { name: 'bare', namespace: 'shop' } };
  const pathless = { ...bare, spec: { rules: [{ host: 'main.levlabs.link' }] } };
  const serviceless = { ...bare, spec: { rules: [{ host: 'main.levlabs.link', http: { paths: [{}] } }] } };
  for (const useless of [bare, pathless, serviceless]) {
    expect(check({ ingresses: [useless] })).toMatchObject([{ check: 'ingress', level: 'error' }]);
    expect(check({ ingresses: [...ready.ingresses, useless] })).toEqual([]);
  }
  expect(check({ services: [{ metadata: { name: 'web', namespace: 'other' } }] })).toMatchObject([
    { check: 'ingress', level: 'error' },
  ]);
});

it.each([
  [14 * 86_400, 'The certificate for main.levlabs.link expires in 14 d.'],
  [14 * 86_400 + 1, undefined],
  [3600, 'The certificate for main.levlabs.link expires in 60 min.'],
])('warns of a certificate with %d s left: %s', (seconds, detail) => {
  const { handshake } = ready;
  const certificate = {
    names: ['main.levlabs.link'],
    validFrom: 0,
    validTo: NOW + seconds * 1000,
    issuer: 'CA',
    trusted: true,
  };
  expect(check(handshake ? { handshake: { ...handshake, certificate } } : {})[0]?.detail).toBe(detail);
});

it('is an error when the certificate of a failed handshake is wrong, and says which', () => {
  const certificate = {
    names: ['dr.levlabs.link'],
    validFrom: 0,
    validTo: NOW + 1,
    issuer: 'CA',
    trusted: true,
  };
  expect(check({ handshake: { ok: false, failure: 'tls', detail: 'wrong name', certificate } })).toEqual([
    {
      check: 'certificate',
      level: 'error',
      detail:
        'A client of main.levlabs.link would be shown a wrong certificate: the certificate is for dr.levlabs.link, not for main.levlabs.link.',
    },
  ]);
});

it('asks for Velero only where there is data, and says where it was looked for', () => {
  expect(check({ veleroReady: false })).toEqual([]);
  expect(check({}, app({ data }))).toEqual([
    { check: 'velero', level: 'error', detail: 'No Velero server is ready in namespace velero.' },
  ]);
});

it('finds nothing about no dependencies', () => {
  expect(dependencyFindings([])).toEqual([]);
});
