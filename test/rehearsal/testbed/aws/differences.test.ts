import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..', '..');
const AWS = join(ROOT, 'rehearsal', 'testbed', 'aws');
const HEADING = '## Where it differs from AWS';
const COLUMNS = '| AWS | MiniStack 1.5.33 | hook | test |';

interface Difference {
  what: string;
  /** Modules of hooks/, or paths in rehearsal/testbed/aws. */
  hooks: string[];
  tests: { file: string; titles: string[] }[];
}

function differences(): Difference[] {
  const page = readFileSync(join(ROOT, 'docs', 'testbed.md'), 'utf8');
  const [, section = ''] = page.split(HEADING);
  const [, table = ''] = section.split(COLUMNS);
  const [rows = ''] = table.trimStart().split('\n\n');
  return rows.split('\n').slice(1).map(read);
}

function read(row: string): Difference {
  const [, aws = '', , hook = '', test = ''] = row.split('|');
  const hooks = [...hook.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  const tests = test.split(';').map(each => ({
    file: /`([^`]+)`/.exec(each)?.[1] ?? '',
    titles: [...each.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title),
  }));
  return { what: aws.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').trim(), hooks, tests };
}

/** What a hook's name in the table stands for. */
function hookFile(name: string): string {
  return name.includes('/') ? join(AWS, name) : join(AWS, 'hooks', `${name}.py`);
}

const listed = differences();

test.each(listed)('$hooks, $what: hook and tests are there', ({ hooks, tests }) => {
  expect(hooks).not.toEqual([]);
  expect(hooks.filter(name => !existsSync(hookFile(name)))).toEqual([]);
  for (const { file, titles } of tests) {
    expect(file).toMatch(/\.test\.ts$/);
    const text = readFileSync(join(__dirname, file), 'utf8');
    expect(titles).not.toEqual([]);
    expect(titles.filter(title => !text.includes(title))).toEqual([]);
  }
});

test('every hook stands in the list of differences', () => {
  const modules = readdirSync(join(AWS, 'hooks'))
    .filter(file => file.endsWith('.py') && file !== '__init__.py')
    .map(file => file.slice(0, -'.py'.length));
  expect(modules.length).toBeGreaterThan(0);
  const named = listed.flatMap(({ hooks }) => hooks);
  expect(modules.filter(name => !named.includes(name))).toEqual([]);
});
