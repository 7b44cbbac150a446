import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Somebody else has the bed. */
export class BedTaken extends Error {
  override name = 'BedTaken';
}

export interface Holder {
  /** The process that holds the bed, in the process namespace of the machine. */
  pid: number;
  /** In clock ticks since the machine booted: a process id alone may have been given to somebody else. */
  startedAt: string;
  /** What it does with the bed, for people. */
  doing: string;
  /** ISO 8601. */
  since: string;
  folder: string;
}

/** There is one bed on a machine, since its addresses and groups are the machine's. */
export class Lock {
  constructor(private readonly folder: string) {}

  private get file(): string {
    return join(this.folder, 'bed.json');
  }

  /** Who holds the bed; undefined when nobody does, or whoever did is dead. */
  holder(): Holder | undefined {
    const left = this.left();
    return left && startOf(left.pid) === left.startedAt ? left : undefined;
  }

  /** What was written last, dead or alive: what has to be cleaned up after a kill. */
  left(): Holder | undefined {
    if (!existsSync(this.file)) return undefined;
    return JSON.parse(readFileSync(this.file, 'utf8')) as Holder;
  }

  /** @throws BedTaken */
  take(doing: string, folder: string, now: Date): void {
    const holder = this.holder();
    if (holder) throw new BedTaken(takenMessage(holder));
    if (this.left()) rmSync(this.file, { force: true });
    mkdirSync(this.folder, { recursive: true });
    try {
      // Two that come at the same moment: one of them creates the file.
      writeFileSync(this.file, JSON.stringify(holderOf(process.pid, doing, folder, now)), { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const other = this.holder();
      throw new BedTaken(
        other ? takenMessage(other) : 'Somebody else takes the test bed at this moment. Try again.',
      );
    }
  }

  /** Gives the bed to another process, which holds it when this one ends. */
  handTo(pid: number): void {
    const left = this.left();
    if (!left) return;
    const next = `${this.file}.next`;
    writeFileSync(next, JSON.stringify({ ...left, pid, startedAt: startOf(pid) }));
    renameSync(next, this.file);
  }

  release(): void {
    rmSync(this.file, { force: true });
  }
}

function holderOf(pid: number, doing: string, folder: string, now: Date): Holder {
  return { pid, startedAt: startOf(pid) ?? '', doing, since: now.toISOString(), folder };
}

function takenMessage({ pid, doing, since }: Holder): string {
  return `The test bed is taken: process ${pid}, "${doing}", since ${since}. Wait for it, or type "npx lifeboat testbed down".`;
}

/** Field 22 of /proc/PID/stat (proc_pid_stat(5)), counted after the name, which may hold spaces. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
