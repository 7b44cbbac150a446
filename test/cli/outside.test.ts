import { Interrupted, productionOutside, systemClock, unlessAborted } from '../../cli/outside';

describe('what Ctrl-C interrupts', () => {
  it('is told once, and the process has its own way with Ctrl-C again afterwards', async () => {
    const before = process.listenerCount('SIGINT');
    const { interruptible } = productionOutside();
    const work = interruptible(async signal => {
      expect(process.listenerCount('SIGINT')).toBe(before + 1);
      process.emit('SIGINT');
      // The next one ends the process.
      expect(process.listenerCount('SIGINT')).toBe(before);
      await systemClock.sleep(60_000, signal);
    });
    await expect(work).rejects.toBeInstanceOf(Interrupted);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });

  it('need not be something that listens itself', async () => {
    const controller = new AbortController();
    const waits = unlessAborted(controller.signal, new Promise<never>(() => undefined));
    controller.abort(new Interrupted('Ctrl-C'));
    await expect(waits).rejects.toBeInstanceOf(Interrupted);
    await expect(unlessAborted(controller.signal, Promise.resolve(1))).rejects.toBeInstanceOf(Interrupted);
    expect(await unlessAborted(new AbortController().signal, Promise.resolve(1))).toBe(1);
  });
});
