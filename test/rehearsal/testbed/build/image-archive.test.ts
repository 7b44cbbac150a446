import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Image, writeImage } from '../../../../rehearsal/testbed/build/image-archive';
import { scratch, write } from './fixtures';

const folder = scratch();

function image(program: string): Image {
  return {
    reference: 'lifeboat.test/some:v1',
    architecture: 'amd64',
    config: { User: '1002:1000', Env: ['PATH=/'], Entrypoint: ['/deep/er/program'] },
    entries: [
      { path: '/deep/er/program', type: 'file', source: program },
      { path: '/bin/sh', type: 'link', target: 'busybox' },
      { path: '/home/cnb', type: 'directory', mode: 0o777 },
    ],
  };
}

async function archive(program = write(folder('program'), 'x'.repeat(1500), 0o755)): Promise<string> {
  const file = folder('image.tar');
  await writeImage(file, image(program));
  return file;
}

const tar = (...args: string[]) => execFileSync('tar', args, { maxBuffer: 1 << 24 });

test('tar reads the archive, and the layer in it', async () => {
  const file = await archive();
  const layer = folder('layer.tar');
  writeFileSync(layer, tar('-xOf', file, 'layer.tar'));
  const listing = tar('--numeric-owner', '-tvf', layer).toString();
  expect(listing).toMatch(/^drwxrwxrwt 0\/0 .* tmp\/$/m);
  expect(listing).toMatch(/^drwxr-xr-x 0\/0 .* deep\/er\/$/m);
  expect(listing).toMatch(/^drwxrwxrwx 0\/0 .* home\/cnb\/$/m);
  expect(listing).toMatch(/^-rwxr-xr-x 0\/0 +1500 .* deep\/er\/program$/m);
  expect(listing).toMatch(/^lrwxrwxrwx 0\/0 .* bin\/sh -> busybox$/m);
  expect(listing).toMatch(/etc\/passwd$/m);
  expect(tar('-xOf', layer, 'deep/er/program').toString()).toBe('x'.repeat(1500));
});

test('folders come before what lies in them', async () => {
  const layer = folder('layer.tar');
  writeFileSync(layer, tar('-xOf', await archive(), 'layer.tar'));
  const names = tar('-tf', layer).toString().trim().split('\n');
  expect(names.indexOf('deep/')).toBeLessThan(names.indexOf('deep/er/'));
  expect(names.indexOf('deep/er/')).toBeLessThan(names.indexOf('deep/er/program'));
});

test('the manifest names the configuration and the layer by their sums', async () => {
  const file = await archive();
  const [manifest] = JSON.parse(tar('-xOf', file, 'manifest.json').toString());
  expect(manifest).toMatchObject({ RepoTags: ['lifeboat.test/some:v1'], Layers: ['layer.tar'] });
  const config = tar('-xOf', file, manifest.Config);
  expect(manifest.Config).toBe(`${createHash('sha256').update(config).digest('hex')}.json`);
  const layer = createHash('sha256')
    .update(tar('-xOf', file, 'layer.tar'))
    .digest('hex');
  expect(JSON.parse(config.toString())).toMatchObject({
    architecture: 'amd64',
    os: 'linux',
    config: { User: '1002:1000', Env: ['PATH=/'], Entrypoint: ['/deep/er/program'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
  });
});

test('the same program gives the same bytes, whenever and with whatever umask it was built', async () => {
  const first = readFileSync(await archive());
  const program = write(folder('elsewhere'), 'x'.repeat(1500));
  chmodSync(program, 0o700);
  utimesSync(program, 1, 1);
  expect(readFileSync(await archive(program)).equals(first)).toBe(true);
});

test('another program gives other bytes', async () => {
  const first = readFileSync(await archive());
  const other = readFileSync(await archive(write(folder('program'), 'y'.repeat(1500), 0o755)));
  expect(other.equals(first)).toBe(false);
});

test('a path that a tar header cannot hold is refused', async () => {
  const program = write(folder('program'), 'x');
  const path = `/${'a'.repeat(300)}`;
  const wrong = { ...image(program), entries: [{ path, type: 'file' as const, source: program }] };
  await expect(writeImage(join(folder('x'), '..', 'image.tar'), wrong)).rejects.toThrow('does not fit');
});
