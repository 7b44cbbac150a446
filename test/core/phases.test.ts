import { APP_PHASES, STATES, STEPS } from '../../core/phases';

it('gives every step states of its own, since Step Functions wants each name once', () => {
  const names = STEPS.flatMap(step => Object.values(STATES[step]) as string[]);
  expect(new Set(names).size).toBe(names.length);
  expect(Object.keys(STATES)).toEqual([...STEPS]);
  // https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
  for (const name of names) expect(name.length).toBeLessThanOrEqual(80);
});

it('waits where it asks again, and only there', () => {
  for (const step of STEPS) expect(STATES[step].wait === undefined).toBe(STATES[step].until === undefined);
});

it('fences before it backs up, restores before it scales, verifies before it flips, and flips before it confirms', () => {
  expect(APP_PHASES).toEqual([
    ...['turn', 'fence', 'backup', 'restore', 'scale', 'verify', 'flip', 'confirm', 'drill', 'cleanup'],
  ]);
  expect(STEPS.filter(step => (APP_PHASES as readonly string[]).includes(step))).toEqual([...APP_PHASES]);
});
