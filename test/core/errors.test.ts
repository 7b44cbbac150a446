import * as errors from '../../core/errors';
import {
  AFTER_FLIP,
  AwsUnavailable,
  BEFORE_FLIP,
  FlipNotSettled,
  LifeboatError,
  NotConfirmed,
  RETRYABLE,
  Throttled,
} from '../../core/errors';

describe('errors', () => {
  it('have names that are written out, for a minifier renames classes', () => {
    const classes = Object.entries(errors).filter(
      ([, value]) => typeof value === 'function' && value !== LifeboatError,
    );
    expect(classes.length).toBeGreaterThan(15);
    for (const [name, value] of classes) {
      const error = new (value as new (message: string) => Error)('what');
      expect([error.name, error.message, error instanceof LifeboatError]).toEqual([name, 'what', true]);
    }
  });
  it('are each matched somewhere by the workflow', () => {
    expect(RETRYABLE).toEqual(['Throttled', 'AwsUnavailable', 'ClusterUnreachable', 'WriteConflict']);
    expect(AFTER_FLIP).toEqual([new FlipNotSettled('').name, new NotConfirmed('').name]);
    const lists = [...RETRYABLE, ...BEFORE_FLIP, ...AFTER_FLIP, 'BadRequest', 'LeaseLost'];
    const names = Object.keys(errors).filter(
      name => !['LifeboatError', 'RETRYABLE', 'BEFORE_FLIP', 'AFTER_FLIP'].includes(name),
    );
    expect(names.filter(name => !lists.includes(name))).toEqual([]);
    expect(new Throttled('').name).toBe('Throttled');
    expect(new AwsUnavailable('').name).toBe('AwsUnavailable');
  });
});

it('lets no error be both worth another try and final, nor both before and after the flip', () => {
  const lists = [...RETRYABLE, ...BEFORE_FLIP, ...AFTER_FLIP];
  expect(new Set(lists).size).toBe(lists.length);
});
