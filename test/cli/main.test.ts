import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { main } from '../../cli/main';
import { scenarioNames } from '../../rehearsal/scenario';
import { recording } from './recording';

const CONFIG = join(__dirname, '..', '..', 'examples', 'levlabs', 'lifeboat.yaml');
const COMMANDS = [
  ...['rehearse', 'validate', 'rbac', 'status', 'failover', 'failback', 'switchover', 'drill', 'activate'],
  ...['approve', 'deny', 'abort', 'pause', 'resume', 'runs', 'run', 'testbed'],
];

async function run(...args: string[]) {
  const output = recording();
  const exit = await main(args, output);
  return { exit, said: output.people.join('\n'), ...output };
}

describe('somebody who does not know the commands', () => {
  it('is shown all of them, and nothing on stdout', async () => {
    const { exit, said, values, results } = await run();
    expect(exit).toBe(2);
    for (const command of COMMANDS) expect(said).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    expect([...values, ...results]).toEqual([]);
  });

  it.each(['--help', '-h', 'help'])('may ask with %s, and that is no mistake', async word => {
    expect(await run(word)).toMatchObject({ exit: 0, said: (await run()).said });
  });

  it('is told which one there is not', async () => {
    const { exit, said } = await run('move', 'dr');
    expect(exit).toBe(2);
    expect(said).toMatch(/^There is no command "move"\.\n/);
    expect(said).toContain('activate primary|dr');
  });

  it.each(COMMANDS)('gets the options of %s with --help, also behind wrong ones', async command => {
    const { exit, said } = await run(command, '--nonsense', '--help');
    expect(exit).toBe(0);
    expect(said).toMatch(new RegExp(`^npx lifeboat ${command}\\b`));
    expect(said).toContain('--config FILE');
    expect(said).toContain('--format json');
  });
});

describe('a command that is used wrongly says so, how it is used, and exits with 2', () => {
  it.each<[string, string[], RegExp]>([
    [
      'another format than JSON',
      ['validate', '--format', 'xml'],
      /--format is "xml"; the only other one is json/,
    ],
    ['a word too many', ['validate', 'everything'], /"everything" is too much here/],
    ['a word too few', ['activate'], /Something is missing behind the command/],
    ['a site that is none', ['activate', 'drr'], /The site to activate is "drr"; it is one of primary, dr/],
    ['no site', ['rbac'], /--site is missing; it is one of primary, dr/],
    ['another site', ['rbac', '--site', 'both'], /--site is "both"/],
    ['one folder of manifests alone', ['rehearse', '--primary', 'x'], /--primary and --dr go together/],
    ['an app that is none', ['activate', 'dr', '--app', 'sampel', '--config', CONFIG], /sampel/],
  ])('%s', async (_what, args, message) => {
    const { exit, said, values, results } = await run(...args);
    expect(exit).toBe(2);
    expect(said).toMatch(message);
    expect(said).toContain(`npx lifeboat ${args[0]}`);
    expect([...values, ...results]).toEqual([]);
  });
});

describe('the program itself', () => {
  // Jest gives each file a TypeError of its own, so what Node says of options is seen from outside only.
  it('writes for people to stderr and the result to stdout, and exits as the command says', () => {
    const bin = join(__dirname, '..', '..', 'bin', 'lifeboat.mjs');
    const lifeboat = (...args: string[]) => spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8' });
    const wrong = lifeboat('validate', '--cofnig', CONFIG);
    expect({ ...wrong, stderr: '' }).toMatchObject({ status: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/^Unknown option '--cofnig'\.?\n\nnpx lifeboat validate\n/);
    const right = lifeboat('rbac', '--site', 'dr', '--config', CONFIG, '--format', 'json');
    expect({ ...right, stdout: '' }).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(right.stdout)).toMatchObject({ kind: 'List' });
  });
});

describe('validate', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lifeboat-cli-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function broken(text: string): string {
    const file = join(folder, 'lifeboat.yaml');
    writeFileSync(file, text);
    return file;
  }

  const WRONG = [
    'version: 1',
    'name: levlabs',
    'zone: { id: Z0123456789ABCDEFGHIJ, name: levlabs.link }',
    'sites:',
    '  primary: { region: us-east-1, cluster: one }',
    '  dr: { region: us-east-2, cluster: two }',
    'apps:',
    '  - name: shop',
    '    mian: main.levlabs.link',
    '    namespaces: [shop]',
    '    dwell: soon',
    '',
  ].join('\n');

  it('says in a line that the configuration is right', async () => {
    const { exit, said, values } = await run('validate', '--config', CONFIG);
    expect({ exit, values }).toEqual({ exit: 0, values: [] });
    expect(said).toBe(`${CONFIG} is right: 1 apps, us-east-1 and us-east-2.`);
  });

  it('gives the configuration as it is understood, as JSON', async () => {
    const { exit, people, values } = await run('validate', '--config', CONFIG, '--format', 'json');
    expect({ exit, people }).toEqual({ exit: 0, people: [] });
    expect(values).toEqual([
      { file: CONFIG, valid: true, problems: [], config: expect.objectContaining({ name: 'levlabs' }) },
    ]);
  });

  it('says every problem at once, with file and line', async () => {
    const file = broken(WRONG);
    const { exit, said, values } = await run('validate', '--config', file);
    expect({ exit, values }).toEqual({ exit: 2, values: [] });
    expect(said).toContain(`${file}:9`);
    expect(said).toContain(`${file}:11`);
    expect(said).toMatch(/mian/);
    expect(said).toMatch(/soon/);
  });

  it('says every problem at once as JSON', async () => {
    const file = broken(WRONG);
    const { exit, people, values } = await run('validate', '--config', file, '--format', 'json');
    expect({ exit, people }).toEqual({ exit: 2, people: [] });
    expect(values).toHaveLength(1);
    expect(values[0]).toMatchObject({ file, valid: false });
    expect((values[0] as { problems: unknown[] }).problems.length).toBeGreaterThan(1);
  });

  it.each([
    ...[['validate'], ['rehearse'], ['rbac', '--site', 'dr'], ['activate', 'dr'], ['status'], ['pause']],
    ...[
      ['failover'],
      ['failback'],
      ['switchover'],
      ['drill'],
      ['abort', 'x', '--yes'],
      ['run', 'x'],
      ['runs'],
    ],
  ])('and so does %s, before it does anything', async (...args) => {
    const { exit, said, values } = await run(...args, '--config', broken(WRONG));
    expect({ exit, values }).toEqual({ exit: 2, values: [] });
    expect(said).toMatch(/mian/);
  });

  it('says that there is no such file', async () => {
    const file = join(folder, 'nothing.yaml');
    const { exit, said } = await run('validate', '--config', file);
    expect(exit).toBe(2);
    expect(said).toContain(file);
  });

  it('is for one configuration: manifests that are not there are the rehearsal’s problem', async () => {
    const file = join(folder, 'lifeboat.yaml');
    broken(
      [
        ...['version: 1', 'name: shop', 'zone: { id: Z0123456789ABCDEFGHIJ, name: shop.example }', 'sites:'],
        ...[
          '  primary: { region: us-east-1, cluster: one }',
          '  dr: { region: us-east-2, cluster: two }',
          'apps:',
        ],
        ...['  - name: shop', '    main: www.shop.example', '    namespaces: [shop]'],
        '    hosts: { primary: one.shop.example, dr: two.shop.example }',
        'notify: [{ email: oncall@shop.example }]',
        '',
      ].join('\n'),
    );
    expect(await run('validate', '--config', file)).toMatchObject({ exit: 0 });
    const { exit, said, values } = await run('rehearse', '--config', file, '--format', 'json');
    expect({ exit, values }).toEqual({ exit: 2, values: [] });
    expect(said).toContain(`There is no folder ${join(folder, 'primary')} with the manifests of primary`);
    expect(said).toContain('--primary');
  });
});

describe('rbac', () => {
  it.each(['primary', 'dr'])('prints YAML for kubectl on stdout, and nothing beside, for %s', async site => {
    const { exit, people, results, values } = await run('rbac', '--site', site, '--config', CONFIG);
    expect({ exit, people, values }).toEqual({ exit: 0, people: [], values: [] });
    const documents = parseAllDocuments(results.join(''));
    expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
    const kinds = documents.map(document => (document.toJS() as { kind: string }).kind);
    expect(new Set(kinds)).toEqual(
      new Set([
        ...['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
        ...['PriorityClass', 'NetworkPolicy'],
      ]),
    );
  });

  it('prints the same objects as one List with --format json', async () => {
    const yaml = await run('rbac', '--site', 'dr', '--config', CONFIG);
    const { exit, values, results } = await run(
      'rbac',
      '--site',
      'dr',
      '--config',
      CONFIG,
      '--format',
      'json',
    );
    expect({ exit, results }).toEqual({ exit: 0, results: [] });
    const items = parseAllDocuments(yaml.results.join('')).map(document => document.toJS() as unknown);
    expect(values).toEqual([{ apiVersion: 'v1', kind: 'List', items }]);
  });
});

describe('rehearse --list', () => {
  it('names every scenario with its story, and plays none', async () => {
    const { exit, said, values } = await run('rehearse', '--list');
    expect({ exit, values }).toEqual({ exit: 0, values: [] });
    for (const name of scenarioNames()) expect(said).toContain(`${name}  (expected: `);
    expect(said).toContain('The Region of the primary goes dark');
  });

  it('gives them as one JSON object', async () => {
    const { exit, people, values } = await run('rehearse', '--list', '--format', 'json');
    expect({ exit, people }).toEqual({ exit: 0, people: [] });
    const [{ scenarios }] = values as [{ scenarios: { name: string; story: string; expected: string }[] }];
    expect(scenarios.map(({ name }) => name)).toEqual(scenarioNames());
    expect(scenarios.every(({ story, expected }) => story.length > 40 && expected.length > 0)).toBe(true);
  });
});
