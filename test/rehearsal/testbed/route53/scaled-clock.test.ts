import { ScaledClock } from '../../../../rehearsal/testbed/route53/scaled-clock';

const NIGHT = Date.parse('2026-11-25T03:00:00Z');

beforeEach(() => jest.useFakeTimers({ now: NIGHT }));
afterEach(() => jest.useRealTimers());

function setting(factor = 0.5) {
  const clock = new ScaledClock(factor);
  const fired: number[] = [];
  return { clock, fired, fire: () => void fired.push(clock.now() - NIGHT) };
}

test('begins now, and an AWS minute of it takes half a minute', () => {
  const { clock } = setting();
  expect(clock.now()).toBe(NIGHT);
  jest.advanceTimersByTime(30_000);
  expect(clock.now()).toBe(NIGHT + 60_000);
});

test('runs as AWS does with the factor 1', () => {
  const { clock, fired, fire } = setting(1);
  clock.after(60_000, fire);
  jest.advanceTimersByTime(59_999);
  expect(fired).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(fired).toEqual([60_000]);
});

test('fires once after, and again and again every', () => {
  const { clock, fired, fire } = setting();
  clock.after(10_000, fire);
  jest.advanceTimersByTime(60_000);
  expect(fired).toEqual([10_000]);
  clock.every(40_000, fire);
  jest.advanceTimersByTime(60_000);
  expect(fired).toEqual([10_000, 160_000, 200_000, 240_000]);
});

test('does not fire what was called off', () => {
  const { clock, fired, fire } = setting();
  const cancelled = [clock.after(10_000, fire), clock.every(10_000, fire)];
  for (const cancel of cancelled) cancel();
  jest.advanceTimersByTime(60_000);
  expect(fired).toEqual([]);
  expect(jest.getTimerCount()).toBe(0);
});

test('fires nothing any more when it is stopped, not even what fired before', () => {
  const { clock, fired, fire } = setting();
  clock.after(10_000, fire);
  clock.every(4000, fire);
  jest.advanceTimersByTime(2000);
  clock.stop();
  jest.advanceTimersByTime(60_000);
  expect(fired).toEqual([4000]);
  expect(jest.getTimerCount()).toBe(0);
});

describe('sleep', () => {
  // It waits on the timers of node:timers/promises, which Jest's clock does not move; the factor makes a day short.
  beforeEach(() => jest.useRealTimers());
  const DAY = 86_400_000;

  test('is shortened too', async () => {
    const clock = new ScaledClock(0.01 / 86_400);
    await clock.sleep(DAY);
    expect(clock.now() - Date.now()).toBeGreaterThan(DAY / 2);
  });

  test('ends with its signal', async () => {
    const { clock } = setting();
    const controller = new AbortController();
    const sleeping = clock.sleep(DAY, controller.signal);
    controller.abort();
    await expect(sleeping).rejects.toMatchObject({ name: 'AbortError' });
  });
});
