/**
 * Runs `work(0)` … `work(count - 1)`, at most `concurrency` of them at a time and started in order. `work` must not
 * reject; when `stopped` says so, nothing more is started.
 */
export async function runPool(
  count: number,
  concurrency: number,
  work: (index: number) => Promise<void>,
  stopped: () => boolean,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count && !stopped()) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, lane));
}
