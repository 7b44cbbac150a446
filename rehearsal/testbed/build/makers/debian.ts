import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Finished, mustRun } from '../command';
import { CommandFailed, OutputIncomplete, tail } from '../errors';
import type { DebianPart } from '../part';
import { debianLayout, findProgram } from './debian-layout';
import { download, type Make, type Making } from './making';

/** Messages have to be the ones that are read here, whatever the user's language. */
const ENGLISH = { LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };

/** Downloads packages and unpacks them into the part's folder: no script of theirs runs, no service starts. */
export const makeDebian: Make<DebianPart> = async (part, making, folder) => {
  const { run, log, signal } = making;
  const names = await withMissingLibraries(part, making);
  const downloads = join(folder, 'downloads');
  await mkdir(downloads);
  await fetchPackages(names, making, downloads);

  const files = (await readdir(downloads)).filter(file => file.endsWith('.deb')).sort();
  for (const file of files)
    await mustRun(run, { file: 'dpkg-deb', args: ['-x', join(downloads, file), folder], log, signal });
  await rm(downloads, { recursive: true });
  // Manuals and translations; licences stay.
  for (const path of ['usr/share/man', 'usr/share/locale'])
    await rm(join(folder, path), { recursive: true, force: true });

  await checkPrograms(part, making, folder);
  return Object.fromEntries(files.map(versionOf));
};

/** The lists of a fresh machine are empty, and those of an old one name versions that the mirror dropped. */
async function fetchPackages(names: string[], making: Making, downloads: string): Promise<void> {
  const { run, log, signal } = making;
  const command = {
    file: 'apt-get',
    args: ['download', ...names],
    cwd: downloads,
    env: ENGLISH,
    log,
    signal,
  };
  if ((await run(command)).code === 0) return;
  await updateLists(making);
  await download("The distribution's packages", making, command);
}

async function updateLists(making: Making): Promise<void> {
  await download("The lists of the distribution's packages", making, {
    file: 'apt-get',
    args: ['update', '--quiet'],
    env: ENGLISH,
  });
}

/** The packages, and those of their dependencies that APT would have to install: libraries that this machine lacks. */
async function withMissingLibraries(part: DebianPart, making: Making): Promise<string[]> {
  let simulated = await simulateInstall(part, making);
  if (simulated.code !== 0) {
    await updateLists(making);
    simulated = await simulateInstall(part, making);
  }
  if (simulated.code !== 0)
    throw new CommandFailed(
      'apt-get --simulate install',
      simulated.code,
      simulated.stderr || simulated.stdout,
    );
  return withInstalled(part.packages, simulated.stdout);
}

function simulateInstall(part: DebianPart, { run, log, signal }: Making): Promise<Finished> {
  const args = ['--simulate', '--no-install-recommends', 'install', ...part.packages];
  return run({ file: 'apt-get', args, env: ENGLISH, log, signal });
}

/** @returns the wanted packages and those that a simulation says (`Inst NAME ...`) would come with them */
export function withInstalled(wanted: readonly string[], simulation: string): string[] {
  const installed = [...simulation.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => (name ? [name] : []));
  return [...new Set([...wanted, ...installed])];
}

/** `containerd_1.6.20~ds1-1+deb12u1_amd64.deb`; APT writes the colon of an epoch as `%3a`. */
export function versionOf(file: string): [name: string, version: string] {
  const [name = file, version = ''] = basename(file, '.deb').split('_');
  return [name, decodeURIComponent(version)];
}

/** A library that is missing shows only when the program starts. */
async function checkPrograms(part: DebianPart, { run, log, signal }: Making, folder: string): Promise<void> {
  const { lib } = await debianLayout(folder);
  for (const [name, args] of Object.entries(part.programs)) {
    const file = await findProgram(folder, name);
    const { code, stdout, stderr } = await run({
      file,
      args,
      env: { LD_LIBRARY_PATH: lib.join(':') },
      log,
      signal,
    });
    if (code !== 0)
      throw new OutputIncomplete(
        part.name,
        `${name} ${args.join(' ')} ended with ${code}: ${tail(stderr || stdout)}`,
      );
  }
}
