import { join } from 'node:path';
import { partsFrom } from '../../../../rehearsal/testbed/build/located';
import type { Part } from '../../../../rehearsal/testbed/build/part';
import { DEBIAN_PART, PARTS, VENV_PART } from '../../../../rehearsal/testbed/build/parts';
import type { Found } from '../../../../rehearsal/testbed/build/plan';
import { scratch, write } from './fixtures';

const folder = scratch();

function ready(part: Part, root: string): Found {
  const contents: Record<string, Record<string, string>> = {
    [DEBIAN_PART.name]: { containerd: '1.6.20' },
    [VENV_PART.name]: { ministack: '1.5.33' },
  };
  const identity = { version: 'v1', key: 'k' };
  const manifest = { name: part.name, ...identity, took: 1, contents: contents[part.name] ?? {}, files: {} };
  return { part, identity, lookup: { state: 'ready', folder: join(root, part.name), manifest } };
}

async function parts() {
  const root = folder('parts');
  for (const file of ['usr/bin/containerd', 'usr/lib/x86_64-linux-gnu/libnftnl.so.11', 'lib/modules/x'])
    write(join(root, 'debian', file), '');
  return { root, located: await partsFrom(PARTS.map(part => ready(part, root))) };
}

test('programs, images, the interpreter and the definitions are found', async () => {
  const { root, located } = await parts();
  expect(located.bin('etcd')).toBe(join(root, 'etcd', 'etcd'));
  expect(located.image('velero')).toEqual({
    name: 'velero',
    archive: join(root, 'image-velero', 'image.tar'),
    reference: 'lifeboat.test/velero:v1',
  });
  expect(located.images().map(({ name }) => name)).toContain('pause');
  expect(located.python).toBe(join(root, 'python', 'bin', 'python'));
  expect(located.crds.certManager).toBe(join(root, 'cert-manager-crds'));
});

test("of the distribution's folders those are named that exist", async () => {
  const { root, located } = await parts();
  expect(located.debian).toEqual({
    bin: [join(root, 'debian', 'usr/bin')],
    lib: [join(root, 'debian', 'usr/lib/x86_64-linux-gnu')],
    cni: join(root, 'debian', 'usr/lib/cni'),
  });
});

test('versions are those of programs, packages and Python libraries', async () => {
  const { located } = await parts();
  expect(located.versions()).toMatchObject({ velero: 'v1', containerd: '1.6.20', ministack: '1.5.33' });
  expect(located.versions()).not.toHaveProperty('image-velero');
});

test('a name that is no part is refused', async () => {
  const { located } = await parts();
  expect(() => located.bin('docker')).toThrow('There is no part "docker"');
  expect(() => located.image('docker')).toThrow('There is no part "image-docker"');
});
