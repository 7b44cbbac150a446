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
