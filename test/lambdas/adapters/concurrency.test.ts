import { mapBounded } from '../../../lambdas/adapters/concurrency';
import { VirtualClock } from '../../../rehearsal/embedded/virtual-clock';

const clock = () => new VirtualClock(0);
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('mapping with a limit', () => {
  test('keeps the order of the items, whichever is done first', async () => {
    const virtual = clock();
    const work = mapBounded([30, 10, 20], 3, async ms => {
      await virtual.sleep(ms);
      return ms / 10;
    });
    expect(await virtual.run(work)).toEqual([3, 1, 2]);
  });

  test('begins the next item as soon as one is done', async () => {
    const virtual = clock();
    const began: [number, number][] = [];
    const work = mapBounded([30, 10, 10, 10], 2, async ms => {
      began.push([ms, virtual.now()]);
      await virtual.sleep(ms);
    });
    await virtual.run(work);
    expect(began).toEqual([
      [30, 0],
      [10, 0],
      [10, 10],
      [10, 20],
    ]);
  });

  test.each([1, 4, 16])('has no more than %i under way', async limit => {
    const virtual = clock();
    let underWay = 0;
    let most = 0;
    const work = mapBounded(numbers(50), limit, async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await virtual.sleep(5);
      underWay -= 1;
    });
    await virtual.run(work);
    expect(most).toBe(limit);
  });

  test('of nothing is nothing', async () => {
    expect(await mapBounded([], 16, () => Promise.reject(new Error('not called')))).toEqual([]);
  });

  test('fails with the first error', async () => {
    const virtual = clock();
    const work = mapBounded([30, 10], 2, async ms => {
      await virtual.sleep(ms);
      throw new Error(`after ${ms}`);
    });
    await expect(virtual.run(work)).rejects.toThrow('after 10');
  });

  test('begins nothing more after an error', async () => {
    const virtual = clock();
    const began: number[] = [];
    const work = mapBounded(numbers(10), 2, async item => {
      began.push(item);
      await virtual.sleep(10);
      if (item === 0) throw new Error('no');
    });
    await expect(virtual.run(work)).rejects.toThrow('no');
    await virtual.advance(1_000);
    // 2 was begun at the same instant as the error came; nothing after it.
    expect(began.length).toBeLessThanOrEqual(3);
  });
});
