import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OutputIncomplete } from '../errors';
import { notFound } from '../system-error';

/** Where things lie in the unpacked packages. Older distributions keep /bin and /lib apart from /usr. */
export interface DebianLayout {
  bin: string[];
  lib: string[];
  cni: string;
}

const BIN = ['usr/bin', 'usr/sbin', 'bin', 'sbin'];
const LIB = ['usr/lib', 'lib'];

export async function debianLayout(folder: string): Promise<DebianLayout> {
  const bin = await existing(BIN.map(path => join(folder, path)));
  const parents = await existing(LIB.map(path => join(folder, path)));
  // Debian's multiarch folders are named by the GNU triplet: x86_64-linux-gnu.
  const lib = await Promise.all(
    parents.map(async parent =>
      (await readdir(parent)).filter(name => name.includes('-linux-gnu')).map(name => join(parent, name)),
    ),
  );
  return { bin, lib: lib.flat(), cni: join(folder, 'usr', 'lib', 'cni') };
}

/** @throws OutputIncomplete when no folder of programs has it */
export async function findProgram(folder: string, name: string): Promise<string> {
  const { bin } = await debianLayout(folder);
  const [found] = await existing(bin.map(path => join(path, name)));
  if (found === undefined) throw new OutputIncomplete('debian', `no package brought the program ${name}`);
  return found;
}

async function existing(paths: string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map(async path => {
      try {
        await stat(path);
        return [path];
      } catch (error) {
        if (notFound(error)) return [];
        throw error;
      }
    }),
  );
  return found.flat();
}
