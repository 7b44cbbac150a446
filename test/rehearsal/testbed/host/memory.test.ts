import { memoryMiB } from '../../../../rehearsal/testbed/host/memory';

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('what processes take grows by what this one fills', () => {
  const own = [String(process.pid)];
  const before = memoryMiB(own);
  const filled = Buffer.alloc(512 * 1024 * 1024, 1);
  expect(memoryMiB(own) - before).toBeGreaterThan(256);
  expect(filled.length).toBeGreaterThan(0);
});
