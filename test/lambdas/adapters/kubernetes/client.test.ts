import {
  ClusterUnreachable,
  Forbidden,
  type LifeboatError,
  NotFound,
  WriteConflict,
} from '../../../../core/errors';
import { RESOURCES, type Resource, UnexpectedAnswer } from '../../../../lambdas/adapters/kubernetes/client';
import { TransportFailed } from '../../../../lambdas/adapters/kubernetes/transport';
import { ACCESS, errorOf, FakeApi, holding, list, ok, status } from './fake-api';

const { Deployment, HorizontalPodAutoscaler, Node, PersistentVolume, Pod, Restore } = RESOURCES;

describe('the path of an object', () => {
  test.each<[string, Resource, string | undefined, string]>([
    ['the core group', Pod, 'shop', '/api/v1/namespaces/shop/pods/a'],
    ['a named group', Deployment, 'shop', '/apis/apps/v1/namespaces/shop/deployments/a'],
    [
      'a group with a version of its own',
      HorizontalPodAutoscaler,
      'shop',
      '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/a',
    ],
    ["Velero's group", Restore, 'velero', '/apis/velero.io/v1/namespaces/velero/restores/a'],
    ['no namespace', PersistentVolume, undefined, '/api/v1/persistentvolumes/a'],
  ])('is right in %s', async (_, resource, namespace, path) => {
    const api = holding({ [path]: { metadata: { name: 'a' } } });
    expect(await api.run(api.client.get(resource, namespace, 'a'))).toEqual({ metadata: { name: 'a' } });
    expect(api.requests).toEqual([{ method: 'GET', path, deadlineMs: 2_000 }]);
  });

  test('goes to the cluster that the client was made for', async () => {
    const api = holding({ '/api/v1/nodes/n': {} });
    await api.run(api.client.get(Node, undefined, 'n'));
    expect(api.accesses).toEqual([ACCESS]);
  });

  test.each(Object.entries(RESOURCES))(
    'is that of an API for %s, and its plural is lower case',
    (key, resource) => {
      expect(resource.kind).toBe(key);
      expect(resource.api).toMatch(/^\/(api|apis\/[a-z.0-9]+)\/v\d$/);
      expect(resource.plural).toMatch(new RegExp(`^${key.toLowerCase()}(e?s)$`));
    },
  );
});

describe('a list', () => {
  test('comes page by page until there is no next one, each object with its kind', async () => {
    const api = new FakeApi(({ query }) => {
      const page = Number(query?.continue?.replace('page-', '') ?? 1);
      const items = [{ metadata: { name: `pod-${page}` } }];
      return ok({ items, metadata: page < 3 ? { continue: `page-${page + 1}` } : {} });
    });
    expect(await api.run(api.client.list(Pod, 'shop'))).toEqual([
      { kind: 'Pod', metadata: { name: 'pod-1' } },
      { kind: 'Pod', metadata: { name: 'pod-2' } },
      { kind: 'Pod', metadata: { name: 'pod-3' } },
    ]);
    expect(api.requests.map(({ query }) => query)).toEqual([
      { limit: '500' },
      { limit: '500', continue: 'page-2' },
      { limit: '500', continue: 'page-3' },
    ]);
  });

  test('ends with an empty continue, as some API servers write it', async () => {
    const api = new FakeApi(() => ok({ items: [], metadata: { continue: '' } }));
    expect(await api.run(api.client.list(Pod, 'shop'))).toEqual([]);
    expect(api.requests).toHaveLength(1);
  });

  test('asks with its label selector on every page', async () => {
    const api = new FakeApi(({ query }) =>
      ok({ items: [], metadata: query?.continue ? {} : { continue: 'next' } }),
    );
    await api.run(api.client.list(Pod, 'shop', 'app=web'));
    expect(api.requests.map(({ query }) => query?.labelSelector)).toEqual(['app=web', 'app=web']);
  });

  test('of every namespace has no namespace in its path', async () => {
    const api = holding({ '/api/v1/pods': list() });
    expect(await api.run(api.client.list(Pod, undefined))).toEqual([]);
  });

  test('of a kind that the cluster does not have is NotFound, and not an empty list', async () => {
    const api = holding({});
    expect(await errorOf(api.run(api.client.list(Restore, 'velero')))).toBeInstanceOf(NotFound);
  });
});

describe('what the API server refuses', () => {
  async function errorFor(code: number, message = 'the reason'): Promise<Error> {
    const api = new FakeApi(() => status(code, message));
    return errorOf(api.run(api.client.get(Deployment, 'shop', 'web')));
  }

  test.each<[number, new (message: string) => LifeboatError]>([
    [400, UnexpectedAnswer],
    [401, Forbidden],
    [403, Forbidden],
    [404, NotFound],
    [409, WriteConflict],
    [422, UnexpectedAnswer],
    [429, ClusterUnreachable],
    [500, ClusterUnreachable],
    [503, ClusterUnreachable],
    [504, ClusterUnreachable],
  ])('with %i has a name of ours, and its message says what was asked of whom', async (code, kind) => {
    const error = await errorFor(code);
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toContain(
      `GET /apis/apps/v1/namespaces/shop/deployments/web on levlabs-dr in us-east-2: ${code} the reason`,
    );
  });

  test('for want of an access entry says where to look', async () => {
    expect((await errorFor(401)).message).toContain('Check the EKS access entry');
  });

  test('for want of RBAC says what to type', async () => {
    expect((await errorFor(403)).message).toContain('npx lifeboat rbac --site SITE | kubectl apply -f -');
  });

  test('in a text that is not JSON is told as it is, its first 200 characters', async () => {
    const api = new FakeApi(() => ({ status: 502, body: `bad gateway ${'x'.repeat(1000)}` }));
    const { message } = await errorOf(api.run(api.client.get(Pod, 'shop', 'a')));
    expect(message).toContain('502 bad gateway');
    expect(message.length).toBeLessThan(400);
  });

  test('without a word is told by its status', async () => {
    const api = new FakeApi(() => ({ status: 500, body: undefined }));
    expect((await errorOf(api.run(api.client.get(Pod, 'shop', 'a')))).message).toContain('500');
  });

  test('is no refusal when nobody answered: the cluster is unreachable', async () => {
    const api = new FakeApi(() => {
      throw new TransportFailed('GET /x: connect ECONNREFUSED');
    });
    const error = await errorOf(api.run(api.client.list(Pod, 'shop')));
    expect(error).toBeInstanceOf(ClusterUnreachable);
    expect(error.message).toBe(
      'The Kubernetes API of levlabs-dr in us-east-2 does not answer: GET /x: connect ECONNREFUSED',
    );
  });

  test('is no excuse for a mistake of ours: another error passes as it is', async () => {
    const mistake = new RangeError('of ours');
    const api = new FakeApi(() => {
      throw mistake;
    });
    expect(await errorOf(api.run(api.client.get(Pod, 'shop', 'a')))).toBe(mistake);
  });

  // The token of the next page lives for some minutes: the list must begin again, and not end the app's run.
  test('with 410 for an expired page is worth another try', async () => {
    expect(await errorFor(410, 'The provided continue parameter is too old')).toBeInstanceOf(
      ClusterUnreachable,
    );
  });
});

describe('find', () => {
  test('gives the object', async () => {
    const api = holding({ '/api/v1/namespaces/shop/pods/a': { spec: {} } });
    expect(await api.run(api.client.find(Pod, 'shop', 'a'))).toEqual({ spec: {} });
  });

  test('gives undefined for one that is not there', async () => {
    const api = holding({});
    expect(await api.run(api.client.find(Pod, 'shop', 'a'))).toBeUndefined();
  });

  test('throws what is no NotFound', async () => {
    const api = new FakeApi(() => status(403, 'no'));
    expect(await errorOf(api.run(api.client.find(Pod, 'shop', 'a')))).toBeInstanceOf(Forbidden);
  });
});

describe('create', () => {
  test('posts the object to its collection and says that it is new', async () => {
    const api = new FakeApi(() => ok({}, 201));
    const object = { metadata: { name: 'r' } };
    expect(await api.run(api.client.create(Restore, 'velero', object))).toBe(true);
    expect(api.requests).toEqual([
      {
        method: 'POST',
        path: '/apis/velero.io/v1/namespaces/velero/restores',
        body: object,
        deadlineMs: 2_000,
      },
    ]);
  });

  test('says false when one of that name is there already', async () => {
    const api = new FakeApi(() => status(409, 'restores "r" already exists', 'AlreadyExists'));
    expect(await api.run(api.client.create(Restore, 'velero', {}))).toBe(false);
  });

  test('throws any other refusal', async () => {
    const api = new FakeApi(() => status(422, 'spec is wrong'));
    expect(await errorOf(api.run(api.client.create(Restore, 'velero', {})))).toBeInstanceOf(UnexpectedAnswer);
  });

  // A quota that is being updated answers 409 Conflict: nothing of that name is there.
  test('does not take another conflict for an object that is there', async () => {
    const api = new FakeApi(() => status(409, 'Operation cannot be fulfilled on resourcequotas', 'Conflict'));
    expect(await errorOf(api.run(api.client.create(Restore, 'velero', {})))).toBeInstanceOf(WriteConflict);
  });
});

describe('patch', () => {
  test('sends a merge patch', async () => {
    const api = new FakeApi(() => ok({}));
    await api.run(api.client.patch(Deployment, 'shop', 'web', { spec: { replicas: 3 } }));
    expect(api.requests).toEqual([
      {
        method: 'PATCH',
        path: '/apis/apps/v1/namespaces/shop/deployments/web',
        contentType: 'application/merge-patch+json',
        body: { spec: { replicas: 3 } },
        deadlineMs: 2_000,
      },
    ]);
  });

  test('of an object that is gone is NotFound', async () => {
    const api = holding({});
    expect(await errorOf(api.run(api.client.patch(Deployment, 'shop', 'web', {})))).toBeInstanceOf(NotFound);
  });
});

describe('delete', () => {
  test('deletes', async () => {
    const api = new FakeApi(() => ok({}));
    await api.run(api.client.delete(Pod, 'shop', 'a'));
    expect(api.asked).toEqual(['DELETE /api/v1/namespaces/shop/pods/a']);
  });

  test('is silent when the object is not there', async () => {
    const api = holding({});
    expect(await api.run(api.client.delete(Pod, 'shop', 'a'))).toBeUndefined();
  });

  test('is not silent when it may not', async () => {
    const api = new FakeApi(() => status(403, 'no'));
    expect(await errorOf(api.run(api.client.delete(Pod, 'shop', 'a')))).toBeInstanceOf(Forbidden);
  });
});

describe('readiness of the API server', () => {
  test('is undefined when it is ready', async () => {
    const api = holding({ '/readyz': 'ok' });
    expect(await api.run(api.client.notReady())).toBeUndefined();
  });

  test('is told in its own words when it is not, and is no error', async () => {
    const api = new FakeApi(() => ({ status: 500, body: `[-]etcd failed\n${'x'.repeat(500)}` }));
    const problem = await api.run(api.client.notReady());
    expect(problem).toMatch(/^\/readyz says 500: \[-\]etcd failed/);
    expect(problem?.length).toBeLessThan(250);
  });

  test('is ClusterUnreachable when nobody answers', async () => {
    const api = new FakeApi(() => {
      throw new TransportFailed('no answer');
    });
    expect(await errorOf(api.run(api.client.notReady()))).toBeInstanceOf(ClusterUnreachable);
  });

  // Not ready and "not allowed to know" are two things: the first is an outage of a worker, the second our mistake.
  test('is Forbidden when the API server does not know us', async () => {
    const api = new FakeApi(() => status(401, 'Unauthorized'));
    expect(await errorOf(api.run(api.client.notReady()))).toBeInstanceOf(Forbidden);
  });
});
