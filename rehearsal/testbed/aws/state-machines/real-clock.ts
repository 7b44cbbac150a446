import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../../../core/clock';
import type { Timers } from '../../../embedded/asl/watch';

/** Node's timers take no more milliseconds than this and fire at once for more. */
const LONGEST_MS = 2 ** 31 - 1;

/** The machine's own clock, for the interpreter of executions. */
export class RealClock implements Clock, Timers {
  now(): number {
    return Date.now();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    try {
      for (let left = ms; left > 0; left -= LONGEST_MS) {
        await wait(Math.min(left, LONGEST_MS), undefined, signal ? { signal } : {});
      }
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    }
  }

  after(ms: number, fire: () => void): () => void {
    const until = Date.now() + Math.max(0, ms);
    let timer: NodeJS.Timeout;
    const arm = () => {
      const left = until - Date.now();
      timer = left > LONGEST_MS ? setTimeout(arm, LONGEST_MS) : setTimeout(fire, Math.max(0, left));
    };
    arm();
    return () => clearTimeout(timer);
  }
}
