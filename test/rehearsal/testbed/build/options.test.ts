import { BadOptions, readOptions } from '../../../../rehearsal/testbed/build/options';

test.each([
  [[], { action: 'build', only: undefined }],
  [['--list'], { action: 'list', only: undefined }],
  [['--dry-run', '--only', 'etcd, velero'], { action: 'dry-run', only: ['etcd', 'velero'] }],
  [['-h'], { action: 'help', only: undefined }],
])('%j is understood', (args, expected) => {
  expect(readOptions(args)).toEqual(expected);
});

test.each([[['--fast']], [['etcd']], [['--only']], [['--only', 'etcd,']], [['--list', '--dry-run']]])(
  '%j is refused with the usage',
  args => {
    expect(() => readOptions(args)).toThrow(BadOptions);
    expect(() => readOptions(args)).toThrow('Usage: npm run testbed:build');
  },
);
