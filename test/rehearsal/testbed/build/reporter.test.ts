import { terminalReporter } from '../../../../rehearsal/testbed/build/reporter';
import { ALPHA, BETA } from './fixtures';

const STANDING = { part: ALPHA, number: 1, of: 2, elapsed: 0, after: 20, next: BETA };
const ESCAPE = '\u001b';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function reporting(stream: { isTTY?: boolean; columns?: number }, env: NodeJS.ProcessEnv = {}) {
  let written = '';
  const write = (text: string) => {
    written += text;
    return true;
  };
  const reporter = terminalReporter({ ...stream, write } as NodeJS.WriteStream, env);
  return { reporter, written: () => written };
}

test('a terminal shows a live line each second', () => {
  const { reporter, written } = reporting({ isTTY: true, columns: 120 });
  reporter.begin(STANDING);
  jest.advanceTimersByTime(3000);
  expect(written()).toContain('alpha 3 s of usually 2 min');
  reporter.end({ ...STANDING, elapsed: 4 });
  expect(written()).toMatch(/\[1\/2\] alpha built in 4 s; about 20 s left in all\n$/);
});

test('after a part has ended nothing is written over any more', () => {
  const { reporter, written } = reporting({ isTTY: true, columns: 120 });
  reporter.begin(STANDING);
  reporter.close();
  const before = written();
  jest.advanceTimersByTime(120_000);
  expect(written()).toBe(before);
});

test('with NO_COLOR the live line has no colour', () => {
  const coloured = `${ESCAPE}[2m`;
  for (const [env, expected] of [
    [{}, true],
    [{ NO_COLOR: '1' }, false],
  ] as const) {
    const { reporter, written } = reporting({ isTTY: true, columns: 120 }, { ...env });
    reporter.begin(STANDING);
    jest.advanceTimersByTime(1000);
    reporter.close();
    expect(written().includes(coloured)).toBe(expected);
  }
});

test.each([
  ['a file', {}, {}],
  ['a narrow terminal', { isTTY: true, columns: 50 }, {}],
  ['a dumb terminal', { isTTY: true, columns: 120 }, { TERM: 'dumb' }],
])('%s gets plain lines, and one a minute as a sign of life', (_, stream, env) => {
  const { reporter, written } = reporting(stream, env);
  reporter.begin(STANDING);
  jest.advanceTimersByTime(60_000);
  reporter.end({ ...STANDING, elapsed: 61 });
  expect(written()).not.toContain(ESCAPE);
  expect(written().trimEnd().split('\n')).toEqual([
    '[1/2] alpha (first letter): usually 2 min; next: beta',
    '    alpha: 60 s so far',
    '[1/2] alpha built in 61 s; about 20 s left in all',
  ]);
});
