import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { locateParts } from './build';
import { cachePaths } from './build/paths';
import { enterCage } from './host/cage';
import { removeCgroups } from './host/cgroups';
import { Lock } from './host/lock';
import { checkMachine } from './host/prerequisites';
import type { FromBed, Order, ToBed } from './protocol';

/** The bed, or the night on it, failed; its logs are kept. */
export class BedFailed extends Error {
  override name = 'BedFailed';
}

/** Somebody pressed Ctrl-C. */
export class BedStopped extends Error {
  override name = 'BedStopped';
}

const INSIDE = join(__dirname, 'inside.ts');
/** A bed that is asked to go has so long before it is killed. */
const PATIENCE_MS = 20_000;

export interface SessionOptions {
  order: Order;
  /** For people: what the bed is taken for. */
  doing: string;
  onMessage: (message: FromBed) => void;
}

export function bedLock(): Lock {
  return new Lock(cachePaths().root);
}

/**
 * Holds the bed from its beginning to its end, in a cage of its own, and leaves nothing behind: no process, namespace,
 * mount, cgroup or file, except for the logs of a failure or of a night that was not as expected.
 * @returns the folder of the logs that are kept
 * @throws CannotHoldBed, PartsMissing, BedTaken, BedFailed, BedStopped
 */
export async function holdBed({ order, doing, onMessage }: SessionOptions): Promise<string | undefined> {
  checkMachine();
  await locateParts();
  const now = new Date();
  const folder = join(cachePaths().root, 'runs', now.toISOString().replace(/\D/g, '').slice(0, 14));
  const lock = bedLock();
  lock.take(doing, folder, now);
  let keepLogs = false;
  try {
    mkdirSync(folder, { recursive: true });
    await runCage(order, folder, message => {
      if (message.kind === 'report') keepLogs = !message.report.asExpected;
      onMessage(message);
    });
    return keepLogs ? folder : undefined;
  } catch (error) {
    keepLogs ||= error instanceof BedFailed;
    throw error;
  } finally {
    await cleanUp(folder, keepLogs);
    lock.release();
  }
}

/** Ends the bed that somebody holds, and takes away what a killed one left. Returns what it did, in a sentence. */
export async function takeDown(): Promise<string> {
  checkMachine();
  const lock = bedLock();
  const holder = lock.holder();
  if (holder) {
    process.kill(holder.pid, 'SIGTERM');
    for (let waited = 0; lock.holder() && waited < 2 * PATIENCE_MS; waited += 200) await wait(200);
    if (lock.holder())
      throw new BedFailed(`Process ${holder.pid} does not let go of the bed. Kill it, and try again.`);
    return `The bed of process ${holder.pid} ("${holder.doing}") is down.`;
  }
  const left = lock.left();
  await cleanUp(left?.folder, false);
  lock.release();
  return left ? `What process ${left.pid} ("${left.doing}") left is taken away.` : 'There is no bed.';
}

async function runCage(order: Order, folder: string, onMessage: (message: FromBed) => void): Promise<void> {
  const cage = enterCage({
    entry: INSIDE,
    args: [JSON.stringify({ order, folder })],
    log: join(folder, 'bed.log'),
    outlives: false,
  });
  let failure: string | undefined;
  let stopped = false;
  cage.on('message', message => {
    const said = message as FromBed;
    if (said.kind === 'failed') failure = said.message;
    onMessage(said);
  });
  const stop = () => {
    stopped = true;
    const leave: ToBed = { kind: 'leave' };
    if (cage.connected) cage.send(leave);
    setTimeout(() => cage.kill('SIGKILL'), PATIENCE_MS).unref();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    const [code] = (await once(cage, 'exit')) as [number | null];
    if (failure !== undefined) throw new BedFailed(`${failure}\nAll logs are in ${folder}.`);
    if (stopped) throw new BedStopped('The bed was told to stop, and is gone.');
    if (code !== 0) throw new BedFailed(`The bed ended with ${code}. All logs are in ${folder}.`);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    cage.kill('SIGKILL');
  }
}

async function cleanUp(folder: string | undefined, keepLogs: boolean): Promise<void> {
  await removeCgroups();
  if (folder === undefined || !existsSync(folder)) return;
  if (!keepLogs) return rmSync(folder, { recursive: true, force: true });
  // The disks of the Regions are large and say nothing.
  for (const disk of ['primary/disk', 'dr/disk', 'aws/functions', 'aws/cdk.out'])
    rmSync(join(folder, disk), { recursive: true, force: true });
}
