import { readdirSync, readFileSync } from 'node:fs';

/** There is no such process. */
export class NoSuchProcess extends Error {
  override name = 'NoSuchProcess';
}

/**
 * Kills the processes of a control group whose command line has those words, at once.
 * @throws NoSuchProcess
 */
export function killProcess(group: string, words: string): void {
  const found = readdirSync('/proc').filter(
    entry =>
      /^\d+$/.test(entry) &&
      look(entry, 'cgroup').includes(`/${group}/`) &&
      look(entry, 'cmdline').replaceAll('\0', ' ').includes(words),
  );
  if (found.length === 0)
    throw new NoSuchProcess(`No process of ${group} has "${words}" in its command line.`);
  for (const pid of found) process.kill(Number(pid), 'SIGKILL');
}

function look(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    // Ended since the listing.
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}
