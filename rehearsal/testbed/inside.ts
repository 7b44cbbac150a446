import type { RehearsalEvent } from '../events';
import { loadScenario } from '../scenario';
import { Bed } from './bed';
import { locateParts } from './build';
import { hints } from './hints';
import { play } from './night/play';
import type { FromBed, Order, ToBed } from './protocol';

/** The first process of the cage: it makes the bed, plays the night, and takes everything with it when it ends. */
async function main({ order, folder }: { order: Order; folder: string }): Promise<void> {
  const parts = await locateParts();
  const { scenario, keep, delayFactor } = order;
  const bed = await Bed.up({
    parts,
    folder,
    delayFactor,
    say: line => tell({ kind: 'says', line }),
  });
  if (scenario !== undefined) {
    const stage = {
      bed,
      versions: parts.versions(),
      listener: (event: RehearsalEvent) => tell({ kind: 'event', event }),
      say: (line: string) => tell({ kind: 'says', line }),
    };
    const report = await play(stage, loadScenario(scenario));
    tell({ kind: 'report', report });
  }
  if (!keep) return;
  tell({ kind: 'stays', hints: await hints(bed, parts) });
  await new Promise<never>(() => undefined);
}

function tell(message: FromBed): void {
  process.send?.(message);
}

/** Ends when the other end has what was told; the kernel ends all others in this process namespace then. */
function leave(code: number): void {
  if (!process.connected) process.exit(code);
  process.once('disconnect', () => process.exit(code));
  process.disconnect();
}

process.on('message', (message: ToBed) => {
  if (message.kind === 'leave') leave(0);
});
main(JSON.parse(process.argv[2] ?? '{}') as { order: Order; folder: string }).then(
  () => leave(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    tell({
      kind: 'failed',
      message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    });
    leave(1);
  },
);
