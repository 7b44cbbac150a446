import { main } from '../../../../rehearsal/testbed/build/main';
import { silentReporter } from './fixtures';

async function running(...args: string[]) {
  const reporter = silentReporter();
  const code = await main(args, reporter, new AbortController().signal);
  return { code, said: reporter.said.join('\n') };
}

test('help is given and is no failure', async () => {
  const { code, said } = await running('--help');
  expect(code).toBe(0);
  expect(said).toContain('Exit codes: 0 built, 1 a part failed, 2 wrong usage');
});

test.each([
  [['--fast'], "Unknown option '--fast'"],
  [['--only', 'docker'], 'There is no part "docker". Parts are: debian, python, '],
])('%j is wrong usage: 2, and one sentence instead of a stack', async (args, sentence) => {
  const { code, said } = await running(...args);
  expect(code).toBe(2);
  expect(said).toContain(sentence);
  expect(said).not.toContain('at main');
});
