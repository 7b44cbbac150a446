import { withDeadline } from '../../../lambdas/adapters/deadline';
import { VirtualClock } from '../../../rehearsal/embedded/virtual-clock';

class Late extends Error {}

function world() {
  const clock = new VirtualClock(0);
  const within = <T>(ms: number, work: (signal: AbortSignal) => Promise<T>) =>
    clock.run(withDeadline(clock, ms, work, () => new Late(`after ${ms}`)));
  return { clock, within };
}

describe('work with a deadline', () => {
  test('that is done in time gives its result, and its timer is gone', async () => {
    const { clock, within } = world();
    let signal: AbortSignal | undefined;
    const result = await within(1_000, async given => {
      signal = given;
      await clock.sleep(999);
      return 'done';
    });
    expect(result).toBe('done');
    expect(clock.now()).toBe(999);
    await clock.advance(10_000);
    expect(signal?.aborted).toBe(false);
  });

  test('that is late fails with the error of the caller, at the deadline', async () => {
    const { clock, within } = world();
    await expect(within(1_000, () => clock.sleep(1_001))).rejects.toThrow(new Late('after 1000'));
    expect(clock.now()).toBe(1_000);
  });

  test('that is late has its signal aborted, with that error as the reason', async () => {
    const { within } = world();
    const reasons: unknown[] = [];
    const work = (signal: AbortSignal) =>
      new Promise<never>(() => signal.addEventListener('abort', () => reasons.push(signal.reason)));
    await expect(within(50, work)).rejects.toBeInstanceOf(Late);
    expect(reasons).toEqual([new Late('after 50')]);
  });

  test('that never listens to its signal is left behind at the deadline', async () => {
    const { clock, within } = world();
    await expect(within(50, () => new Promise(() => undefined))).rejects.toBeInstanceOf(Late);
    expect(clock.now()).toBe(50);
  });

  test('that fails in time fails with its own error, and its signal stays as it was', async () => {
    const { clock, within } = world();
    let signal: AbortSignal | undefined;
    const work = async (given: AbortSignal) => {
      signal = given;
      await clock.sleep(10);
      throw new RangeError('mine');
    };
    await expect(within(1_000, work)).rejects.toThrow(new RangeError('mine'));
    await clock.advance(10_000);
    expect(signal?.aborted).toBe(false);
  });

  test('that throws at once fails with its own error', async () => {
    const { within } = world();
    const work = () => {
      throw new RangeError('at once');
    };
    await expect(within(1_000, work)).rejects.toThrow(new RangeError('at once'));
  });

  test('that fails after its deadline leaves no unhandled rejection', async () => {
    const { clock, within } = world();
    const unhandled: unknown[] = [];
    const listener = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    const work = async () => {
      await clock.sleep(100);
      throw new Error('too late to matter');
    };
    await expect(within(50, work)).rejects.toBeInstanceOf(Late);
    await clock.advance(1_000);
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  });
});
