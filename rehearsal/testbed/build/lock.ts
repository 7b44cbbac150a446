import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BuildRunning } from './errors';
import { hasCode, notFound } from './system-error';

interface Holder {
  pid: number;
  /** When the process started, in ticks since boot: pids come again, this pair does not. */
  started: string;
  since: string;
}

/** Runs `work` while no other build of this machine's user runs in the same cache. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  await take(file);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<void> {
  const own: Holder = {
    pid: process.pid,
    started: (await startOf(process.pid)) ?? '',
    since: new Date().toISOString(),
  };
  const claim = `${file}.${process.pid}`;
  await writeFile(claim, JSON.stringify(own));
  try {
    while (!(await linked(claim, file))) {
      const holder = await readHolder(file);
      if (holder && (await startOf(holder.pid)) === holder.started)
        throw new BuildRunning(holder.pid, holder.since, file);
      await rm(file, { force: true });
    }
  } finally {
    await rm(claim);
  }
}

/** link(2) makes the lock appear with its content in one step, and fails when there is one. */
async function linked(claim: string, file: string): Promise<boolean> {
  try {
    await link(claim, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch (error) {
    // Let go meanwhile, or cut by a full disk or a power failure.
    if (notFound(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Field 22 of /proc/PID/stat (proc(5)); the second field may contain blanks and ends with the last parenthesis. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch (error) {
    if (notFound(error)) return undefined;
    throw error;
  }
}
