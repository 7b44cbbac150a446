import { Losses } from '../../../../rehearsal/testbed/aws/losses';

const never = () => new Promise<string>(() => undefined);

test('a Region that is there is asked', async () => {
  await expect(new Losses().whileThere('eu-west-1', async () => 'yes', 'gone')).resolves.toBe('yes');
});

test('a lost Region is not asked', async () => {
  const losses = new Losses();
  losses.lose('eu-west-1');
  const ask = jest.fn(never);
  await expect(losses.whileThere('eu-west-1', ask, 'gone')).resolves.toBe('gone');
  expect(ask).not.toHaveBeenCalled();
  expect(losses.isLost('eu-west-1')).toBe(true);
  expect(losses.isLost('eu-central-1')).toBe(false);
});

test('who asks while the Region is lost does not wait for its answer', async () => {
  const losses = new Losses();
  const asked = losses.whileThere('eu-west-1', never, 'gone');
  losses.lose('eu-west-1');
  await expect(asked).resolves.toBe('gone');
});

test('a Region that was found again is asked again, and can be lost again', async () => {
  const losses = new Losses();
  losses.lose('eu-west-1');
  losses.find('eu-west-1');
  await expect(losses.whileThere('eu-west-1', async () => 'yes', 'gone')).resolves.toBe('yes');
  const asked = losses.whileThere('eu-west-1', never, 'gone');
  losses.lose('eu-west-1');
  await expect(asked).resolves.toBe('gone');
});

test('what went wrong in a Region that is there is not hidden', async () => {
  const fails = () => Promise.reject(new Error('AccessDenied'));
  await expect(new Losses().whileThere('eu-west-1', fails, 'gone')).rejects.toThrow('AccessDenied');
});
