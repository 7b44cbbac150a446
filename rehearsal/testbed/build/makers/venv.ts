import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../command';
import type { VenvPart } from '../part';
import { download, type Make } from './making';

export const makeVenv: Make<VenvPart> = async (part, making, folder, final) => {
  const { run, log, signal } = making;
  await mustRun(run, { file: 'python3', args: ['-m', 'venv', folder], log, signal });
  const python = join(folder, 'bin', 'python');
  await download('The Python packages', making, {
    file: python,
    // Neither the user's pip.conf switches nor a question may change what is installed.
    args: [
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      '--no-input',
      '--quiet',
      '--requirement',
      join(making.sources, part.requirements),
    ],
  });
  const freeze = await mustRun(run, { file: python, args: ['-m', 'pip', 'freeze'], log, signal });
  await settle(join(folder, 'bin'), folder, final);
  return versionsOf(freeze);
};

/** The scripts of a virtual environment name its interpreter by its absolute path: that of the folder it is to have. */
async function settle(bin: string, folder: string, final: string): Promise<void> {
  const entries = await readdir(bin, { withFileTypes: true });
  for (const entry of entries.filter(each => each.isFile())) {
    const path = join(bin, entry.name);
    const text = await readFile(path, 'latin1');
    if (text.includes(folder)) await writeFile(path, text.replaceAll(folder, final), 'latin1');
  }
}

function versionsOf(freeze: string): Record<string, string> {
  const pairs = freeze.split('\n').map(line => line.trim().split('=='));
  return Object.fromEntries(pairs.flatMap(([name, version]) => (name && version ? [[name, version]] : [])));
}
