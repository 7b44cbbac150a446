import type { KubeObject } from '../kubernetes/object';

/** What `velero install` puts into a cluster besides its CustomResourceDefinitions, as far as the fake needs it. */
export function veleroManifests(namespace = 'velero'): KubeObject[] {
  const labels = { component: 'velero', deploy: 'velero' };
  const container = {
    name: 'velero',
    image: 'velero/velero:v1.18.3',
    command: ['/velero'],
    args: ['server'],
  };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { component: 'velero' } } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { namespace, name: 'velero', labels: { component: 'velero' } },
      spec: {
        replicas: 1,
        selector: { matchLabels: { deploy: 'velero' } },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    },
  ];
}
