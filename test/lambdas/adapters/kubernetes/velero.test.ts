import { NotFound } from '../../../../core/errors';
import { IMAGE_NAMES } from '../../../../core/restore';
import { Velero } from '../../../../lambdas/adapters/kubernetes/velero';
import { errorOf, FakeApi, holding, list, ok, status } from './fake-api';

const group = '/apis/velero.io/v1/namespaces/velero';
const server = '/apis/apps/v1/namespaces/velero/deployments/velero';
const configMaps = '/api/v1/namespaces/velero/configmaps';
const veleroOf = (api: FakeApi) => new Velero(api.client, 'velero');

describe("Velero's server", () => {
  test.each<[string, unknown, boolean]>([
    ['has a Ready pod', { status: { readyReplicas: 1 } }, true],
    ['has none that is Ready', { status: { readyReplicas: 0 } }, false],
    ['has said nothing yet', {}, false],
  ])('is judged by its Deployment when that %s', async (_, deployment, ready) => {
    const api = holding({ [server]: deployment });
    expect(await api.run(veleroOf(api).ready())).toBe(ready);
  });

  test('is not ready when it is not there', async () => {
    const api = holding({});
    expect(await api.run(veleroOf(api).ready())).toBe(false);
    expect(api.asked).toEqual([`GET ${server}`]);
  });

  test('lives where the configuration says', async () => {
    const path = '/apis/apps/v1/namespaces/backups/deployments/velero';
    const api = holding({ [path]: { status: { readyReplicas: 1 } } });
    expect(await api.run(new Velero(api.client, 'backups').ready())).toBe(true);
  });

  test('names its image', async () => {
    const spec = { containers: [{ image: 'velero/velero:v1.17.0' }] };
    const api = holding({ [server]: { spec: { template: { spec } } } });
    expect(await api.run(veleroOf(api).image())).toBe('velero/velero:v1.17.0');
  });

  test.each<[string, Record<string, unknown>]>([
    ['is not there', {}],
    ['has no container', { [server]: { spec: { template: { spec: {} } } } }],
  ])('has no image to name when it %s: NotFound', async (_, objects) => {
    const api = holding(objects);
    expect(await errorOf(api.run(veleroOf(api).image()))).toBeInstanceOf(NotFound);
  });
});

describe("Velero's objects", () => {
  test('are listed in its namespace', async () => {
    const api = holding({
      [`${group}/backups`]: list({ metadata: { name: 'b' } }),
      [`${group}/restores`]: list({ metadata: { name: 'r' } }),
      [`${group}/backupstoragelocations`]: list({ metadata: { name: 'l' } }),
    });
    const velero = veleroOf(api);
    const found = await api.run(Promise.all([velero.backups(), velero.restores(), velero.locations()]));
    expect(found.map(([first]) => first?.metadata.name)).toEqual(['b', 'r', 'l']);
  });

  test('are found by name, or are undefined', async () => {
    const api = holding({ [`${group}/restores/r`]: { metadata: { name: 'r' } } });
    const velero = veleroOf(api);
    expect(await api.run(velero.restore('r'))).toEqual({ metadata: { name: 'r' } });
    expect(await api.run(velero.schedule('s'))).toBeUndefined();
    expect(api.asked).toEqual([`GET ${group}/restores/r`, `GET ${group}/schedules/s`]);
  });
});

describe('starting a restore', () => {
  const modifiers = { metadata: { name: 'm' } };
  const restore = { metadata: { name: 'r' } };

  test('creates the modifiers first, then the Restore', async () => {
    const api = new FakeApi(() => ok({}, 201));
    await api.run(veleroOf(api).startRestore(modifiers, restore));
    expect(api.mostUnderWay).toBe(1);
    expect(api.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', configMaps, modifiers],
      ['POST', `${group}/restores`, restore],
    ]);
  });

  test('goes on where it was cut: what is there already stays as it is', async () => {
    const api = new FakeApi(() => status(409, 'already exists', 'AlreadyExists'));
    await api.run(veleroOf(api).startRestore(modifiers, restore));
    expect(api.asked).toEqual([`POST ${configMaps}`, `POST ${group}/restores`]);
  });

  test('creates no Restore when its modifiers are refused', async () => {
    const api = new FakeApi(() => status(403, 'no'));
    await errorOf(api.run(veleroOf(api).startRestore(modifiers, restore)));
    expect(api.asked).toEqual([`POST ${configMaps}`]);
  });
});

describe('the names of images', () => {
  const configMap = { metadata: { name: IMAGE_NAMES }, data: { case1: 'one,two' } };

  function apiWith(found: string[], create: number) {
    return new FakeApi(({ method }) => {
      if (method === 'GET') return ok(list(...found.map(name => ({ metadata: { name } }))));
      return method === 'POST' && create === 409 ? status(409, 'there', 'AlreadyExists') : ok({}, 201);
    });
  }

  test('are created where there are none', async () => {
    const api = apiWith([], 201);
    expect(await api.run(veleroOf(api).putImageNames(configMap))).toBeUndefined();
    expect(api.asked).toEqual([`GET ${configMaps}`, `POST ${configMaps}`]);
    expect(api.requests[0]?.query?.labelSelector).toContain('velero.io/change-image-name');
  });

  test('are replaced where ours are there already', async () => {
    const api = apiWith([IMAGE_NAMES], 409);
    expect(await api.run(veleroOf(api).putImageNames(configMap))).toBeUndefined();
    expect(api.requests.at(-1)).toMatchObject({
      method: 'PATCH',
      path: `${configMaps}/${IMAGE_NAMES}`,
      body: { data: { case1: 'one,two' } },
    });
  });

  test("are not written beside somebody else's, whose name is given", async () => {
    const api = apiWith([IMAGE_NAMES, 'theirs'], 201);
    expect(await api.run(veleroOf(api).putImageNames(configMap))).toBe('theirs');
    expect(api.asked).toEqual([`GET ${configMaps}`]);
  });
});

describe('what went wrong with volumes', () => {
  test('is told of those that failed, in words of Velero', async () => {
    const volume = (name: string, phase: string, message?: string) => ({
      metadata: { name },
      spec: { pod: { name: 'db-0' }, volume: name },
      status: { phase, ...(message ? { message } : {}) },
    });
    const api = new FakeApi(() =>
      ok(
        list(volume('data', 'Failed', 'timed out'), volume('logs', 'Completed'), volume('cache', 'Failed'), {
          metadata: { name: 'new' },
        }),
      ),
    );
    expect(await api.run(veleroOf(api).volumeProblems('r'))).toEqual([
      'volume data of db-0: timed out',
      'volume cache of db-0: failed',
    ]);
    expect(api.requests).toMatchObject([
      { path: `${group}/podvolumerestores`, query: { labelSelector: 'velero.io/restore-name=r' } },
    ]);
  });
});
