import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { main } from '../../cli/main';
import { processOutput } from '../../cli/output';
import type { Report } from '../../rehearsal/report';
import { scenarioNames } from '../../rehearsal/scenario';
import { ESCAPE, recording } from './recording';

jest.setTimeout(60_000);

const examples = join(__dirname, '..', '..', 'examples');
const CONFIG = join(examples, 'levlabs', 'lifeboat.yaml');

async function rehearse(args: string[], terminal: Parameters<typeof recording>[0] = {}) {
  const output = recording(terminal);
  const exit = await main(['rehearse', '--config', CONFIG, ...args], output);
  return { exit, said: output.people.join('\n'), ...output };
}

describe('rehearse --format json', () => {
  it('prints exactly one JSON object with the fields of a report, and nothing for people', async () => {
    const { exit, people, results, values } = await rehearse([
      '--scenario',
      'region-lost',
      '--format',
      'json',
    ]);
    expect({ exit, people, results }).toEqual({ exit: 0, people: [], results: [] });
    expect(values).toHaveLength(1);
    const report = values[0] as Report;
    expect(report).toEqual({
      scenario: 'region-lost',
      activate: 'dr',
      mode: 'failover',
      outcome: 'succeeded',
      expected: 'succeeded',
      asExpected: true,
      differences: [],
      reasons: expect.any(Array),
      next: [],
      apps: [
        {
          name: 'sample-app',
          outcome: 'succeeded',
          main: { before: 'primary', after: 'dr' },
          rtoSeconds: expect.any(Number),
          split: expect.any(Object),
          rpoSeconds: expect.any(Number),
          phases: expect.any(Array),
        },
      ],
      notifications: expect.any(Array),
      invariants: expect.any(Array),
      states: expect.arrayContaining(['Admit', 'Restore', 'Flip', 'Report']),
      runs: expect.arrayContaining([
        {
          name: expect.any(String),
          site: 'dr',
          told: true,
          states: expect.arrayContaining(['Admit', 'Flip']),
        },
      ]),
      calls: expect.any(Array),
      notes: expect.any(Array),
      virtualSeconds: expect.any(Number),
      wallSeconds: expect.any(Number),
    });
    const [app] = report.apps;
    const parts = Object.values(app?.split ?? {});
    expect(Object.keys(app?.split ?? {})).toEqual([
      ...['detection', 'decision', 'data', 'scale', 'verify', 'dns', 'clientTtl'],
    ]);
    expect(parts.reduce((sum, seconds) => sum + seconds, 0)).toBeCloseTo(app?.rtoSeconds ?? 0, 3);
    expect(app?.phases.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'admit',
        'assess',
        'preflight',
        'fence',
        'restore',
        'scale',
        'verify',
        'flip',
        'confirm',
      ]),
    );
    expect(report.notifications.map(({ subject }) => subject)).toEqual([
      '[levlabs] Moving sample-app to dr',
      '[levlabs] sample-app now on dr',
    ]);
  });

  it('gathers the reports of several scenarios in one object', async () => {
    const { exit, people, values } = await rehearse([
      ...['--scenario', 'bad-input', '--scenario', 'paused', '--format', 'json'],
    ]);
    expect({ exit, people }).toEqual({ exit: 0, people: [] });
    const [{ scenarios }] = values as [{ scenarios: Report[] }];
    expect(scenarios.map(({ scenario, asExpected }) => [scenario, asExpected])).toEqual([
      ['bad-input', true],
      ['paused', true],
    ]);
  });
});

describe('rehearse for people', () => {
  it('tells the night line by line and recaps it; nothing goes to stdout', async () => {
    const { exit, said, values, results } = await rehearse(['--scenario', 'region-lost']);
    expect({ exit, values, results }).toEqual({ exit: 0, values: [], results: [] });
    expect(said).toMatch(/us-east-1 goes dark: primary is lost\./);
    expect(said).toMatch(/main of sample-app points to dr\./);
    expect(said).toMatch(/^sample-app: succeeded, main: primary → dr$/m);
    expect(said).toMatch(/^Invariants: (\d+) of \1 held\.$/m);
    expect(said).toMatch(/As expected \(succeeded\), and every invariant held\./);
    expect(said).not.toMatch(/Not as expected|BROKEN/);
  });

  it('writes no escape sequence and breaks no line where nobody looks', async () => {
    const { said, people } = await rehearse(['--scenario', 'bad-input']);
    expect(said).not.toContain(ESCAPE);
    expect(said).not.toContain('\r');
    expect(people.some(line => line.length > 110)).toBe(true);
    expect(said).not.toContain(' waits: ');
  });

  it('says on a terminal what it waits for, on a line that is taken away again', async () => {
    const { said, people } = await rehearse(['--scenario', 'app-down'], { interactive: true, columns: 80 });
    expect(said).toContain(' waits: ');
    const waits = people.filter(line => line.includes(' waits: '));
    expect(waits.every(line => line.length < 80)).toBe(true);
    expect(people.filter(line => line === '\r\u001b[2K').length).toBeGreaterThanOrEqual(waits.length);
  });

  const narrow = () => rehearse(['--scenario', 'bad-input'], { columns: 40 });
  let atForty: ReturnType<typeof narrow> | undefined;

  it('breaks its lines on a narrow terminal', async () => {
    atForty ??= narrow();
    const { people } = await atForty;
    const invariants = people.slice(people.findIndex(line => line.startsWith('Invariants')));
    expect(invariants).toContain('  I2    1800 looks at all authoritative');
    expect(invariants).toContain('        servers, a second apart: always');
  });

  it('fits into 40 columns, but for words that are longer', async () => {
    atForty ??= narrow();
    const { people } = await atForty;
    const wide = people.flatMap(line => line.split('\n')).filter(line => line.length > 40);
    expect(wide.filter(line => line.trim().split(' ').length > 1)).toEqual([]);
  });

  it('paints where its output can be painted, and says the same without its colours', async () => {
    atForty ??= narrow();
    const plain = await atForty;
    const painted = await rehearse(['--scenario', 'bad-input'], { columns: 100, colour: true });
    expect(painted.said).toContain(ESCAPE);
    const words = (text: string) =>
      stripVTControlCharacters(text)
        .split(/\s+/)
        .join(' ')
        // The one thing that differs from run to run; a narrow terminal may break the line in it.
        .replace(/in [\d.]+ s\./, '');
    expect(words(painted.said)).toEqual(words(plain.said));
  });

  it('shows every question to every step with --verbose', async () => {
    const { people } = await rehearse(['--scenario', 'app-down', '--verbose']);
    const restore = people.filter(line => line.includes('Restore sample-app: '));
    expect(restore.length).toBeGreaterThan(2);
  });

  it('gives each of several scenarios a line, and counts', async () => {
    const { exit, said } = await rehearse(['--scenario', 'bad-input', '--scenario', 'paused']);
    expect(exit).toBe(0);
    expect(said).toMatch(
      /^passed {2}bad-input: refused \(\d+\.\d s\)\npassed {2}paused: refused \(\d+\.\d s\)\n/,
    );
    expect(said).toMatch(/rehearsals: 2 passed, 0 failed$/);
  });
});

describe('rehearse', () => {
  it('exits with 2 and says which scenarios there are when there is none of that name', async () => {
    const { exit, said, values } = await rehearse(['--scenario', 'regoin-lost', '--format', 'json']);
    expect({ exit, values }).toEqual({ exit: 2, values: [] });
    expect(said).toContain('There is no scenario "regoin-lost"');
    for (const name of scenarioNames()) expect(said).toContain(name);
  });

  it('exits with 1 when a night does not come as expected, and says what differs', async () => {
    // The folders the wrong way round: the site at work has no workload that runs.
    const folder = (site: string) => join(examples, 'levlabs', site);
    const args = ['--primary', folder('dr'), '--dr', folder('primary')];
    const { exit, said } = await rehearse(['--scenario', 'region-lost', ...args]);
    expect(exit).toBe(1);
    expect(said).toMatch(/Not as expected: /);
  });
});

describe('what the process writes to', () => {
  const { isTTY, columns } = process.stderr;
  const { TERM, NO_COLOR } = process.env;

  function terminal(is: boolean, env: Record<string, string | undefined>): void {
    Object.assign(process.stderr, { isTTY: is, columns: is ? 72 : undefined });
    for (const [name, value] of Object.entries(env)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }

  afterEach(() => {
    terminal(isTTY, { TERM, NO_COLOR });
    Object.assign(process.stderr, { columns });
  });

  it.each<[string, boolean, Record<string, string | undefined>, object]>([
    [
      'a terminal',
      true,
      { TERM: 'xterm', NO_COLOR: undefined },
      { interactive: true, colour: true, columns: 72 },
    ],
    [
      'a terminal with NO_COLOR',
      true,
      { TERM: 'xterm', NO_COLOR: '1' },
      { interactive: true, colour: false },
    ],
    ['a terminal with an empty NO_COLOR', true, { TERM: 'xterm', NO_COLOR: '' }, { colour: true }],
    ['a dumb terminal', true, { TERM: 'dumb', NO_COLOR: undefined }, { interactive: false, colour: false }],
    ['no terminal', false, { TERM: 'xterm', NO_COLOR: undefined }, { interactive: false, colour: false }],
  ])('is %s', (_what, is, env, expected) => {
    terminal(is, env);
    const { interactive, colour, columns: wide } = processOutput();
    expect({ interactive, colour, columns: wide }).toMatchObject(expected);
  });
});
