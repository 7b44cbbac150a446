import { readdirSync, readFileSync } from 'node:fs';

/** What processes take, in MiB; a page that several share counts once in all. @param pids else all of this namespace */
export function memoryMiB(pids: readonly string[] = everybody()): number {
  return Math.round(pids.reduce((sum, pid) => sum + proportionalKiB(pid), 0) / 1024);
}

function everybody(): string[] {
  return readdirSync('/proc').filter(name => /^\d+$/.test(name));
}

/** https://docs.kernel.org/filesystems/proc.html: Pss, "proportional set size". 0 for a process that has just ended. */
function proportionalKiB(pid: string): number {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return 0;
    throw error;
  }
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0);
}
