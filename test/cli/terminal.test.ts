import { PassThrough } from 'node:stream';
import { askAtTerminal } from '../../cli/terminal';

function terminal({ input = true, output = true } = {}) {
  const keys = Object.assign(new PassThrough(), { isTTY: input, setRawMode: () => keys });
  const screen = Object.assign(new PassThrough(), { isTTY: output, columns: 80 });
  const ask = askAtTerminal(keys as unknown as NodeJS.ReadStream, screen as unknown as NodeJS.WriteStream);
  return { keys, screen, ask };
}

it('takes the line that is typed', async () => {
  const { keys, screen, ask } = terminal();
  const answer = ask?.('Which one? ');
  keys.write('sample-app\r');
  expect(await answer).toBe('sample-app');
  expect(String(screen.read())).toContain('Which one? ');
});

it.each([
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
])('takes %s for leaving', async (_what, key) => {
  const { keys, ask } = terminal();
  const answer = ask?.('Which one? ');
  keys.write(key);
  expect(await answer).toBeUndefined();
});

it.each([
  ['what is typed', { input: false }],
  ['what is shown', { output: false }],
])('asks nobody when %s is no terminal', (_what, ends) => {
  expect(terminal(ends).ask).toBeUndefined();
});
