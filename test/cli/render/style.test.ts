import { harmless, Style } from '../../../cli/render/style';
import { recording } from '../recording';

describe('a text that is broken into lines', () => {
  const wrap = (text: string, columns?: number) => new Style(recording({ columns })).wrap(text, 2);

  it('fits, each line indented', () => {
    expect(wrap('It is paused by somebody who has gone home for the night.', 40)).toEqual([
      '  It is paused by somebody who has gone',
      '  home for the night.',
    ]);
  });

  it.each([
    ['npx lifeboat resume', 'It is paused by somebody. Type: npx lifeboat resume'],
    [
      'npx lifeboat run failover-20260329-024000-0001',
      'Look: npx lifeboat run failover-20260329-024000-0001',
    ],
    [
      'npx lifeboat failover --app sample-app',
      'Type next, if you want: npx lifeboat failover --app sample-app',
    ],
  ])('keeps %s on one line, to be copied', (command, text) => {
    expect(wrap(text, 40).at(-1)).toBe(`  ${command}`);
  });

  it('goes on after a command', () => {
    expect(wrap('Type npx lifeboat approve run-1, or npx lifeboat deny run-1', 40)).toEqual([
      '  Type npx lifeboat approve run-1, or',
      '  npx lifeboat deny run-1',
    ]);
  });

  it('is one line where it goes into a file, and none of it is lost', () => {
    expect(wrap('a\nb   npx lifeboat resume  c')).toEqual(['  a b npx lifeboat resume c']);
    expect(wrap('')).toEqual(['  ']);
  });
});

it('lets no character through that moves the cursor, and keeps colours', () => {
  expect(harmless('a\u001b[2Jb\u0007c\u001b[31md\u009b')).toBe('a [2Jb c\u001b[31md ');
});
