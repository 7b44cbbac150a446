import { LEASE_SECONDS } from '../../core/admission';
import { DEADLINES } from '../../core/deadlines';
import { pollSeconds } from '../../core/pace';

it('gives every step whole seconds, and leaves time for more than one look', () => {
  for (const [name, seconds] of Object.entries(DEADLINES)) {
    expect([name, Number.isInteger(seconds)]).toEqual([name, true]);
    expect(seconds).toBeGreaterThan(2 * pollSeconds(0));
  }
});

it('asks each step again long before the lease runs out', () => {
  for (const seconds of Object.values(DEADLINES))
    expect(2 * pollSeconds(seconds)).toBeLessThan(LEASE_SECONDS);
});
