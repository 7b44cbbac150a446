import type { Deployment } from '../../cli/deployment';
import { asking, deployed, levlabs, started } from './deployed';
import { ESCAPE } from './recording';

jest.setTimeout(120_000);

describe('status', () => {
  it('shows what main answers and both directions, when nothing ran yet', async () => {
    const desk = await deployed();
    const { exit, said, values } = await desk.type('status');
    expect({ exit, values }).toEqual({ exit: 0, values: [] });
    expect(said).toBe(
      [
        'levlabs, 2026-03-29 02:40:00 UTC',
        '',
        'Customers',
        '  main       main.levlabs.link points to primary (4 of 4 name servers say primary.levlabs.link).',
        '',
        'Activating primary, in us-east-1',
        '  Pause      none',
        '  Last run   there was none yet',
        '  Guard      not known: the ledger has nothing of a guard',
        '  Ready?     not known: there was no look in peace yet',
        '',
        'Activating dr, in us-east-2',
        '  Pause      none',
        '  Last run   there was none yet',
        '  Guard      not known: the ledger has nothing of a guard',
        '  Ready?     not known: there was no look in peace yet',
      ].join('\n'),
    );
  });

  it('shows whether the standby could take over, and its newest backup, from the look in peace', async () => {
    const desk = await deployed();
    await desk.night.clock.advance(600_000);
    const { said } = await desk.type('status');
    expect(said).toMatch(/Ready\? {5}yes, dr could take the app \(looked at 2026-03-29 [\d:]+ UTC\)/);
    expect(said).toMatch(
      /Backup {5}sample-app: newest backup \S+, of 2026-03-29 [\d:]+ UTC, .* old \(dr's look in peace of [\d:]+ UTC\)\./,
    );
  });

  it('shows the last run, its verdict, debts, a pause, and the Region that does not answer', async () => {
    const desk = await deployed(levlabs, 'primary');
    desk.night.loseRegion('primary');
    await desk.type('activate', 'dr', '--reason', 'the website is down');
    await desk.night.clock.advance(180_000);
    await desk.type('pause', '--reason', 'a change', '--for', '2h');
    const { exit, said } = await desk.type('status');
    const run = started(desk, 'dr')[0]?.name;
    expect(exit).toBe(1);
    expect(said).toContain('main.levlabs.link points to dr (4 of 4 name servers say dr.levlabs.link).');
    expect(said).toMatch(
      /Pause {6}PAUSED by ada, until 2026-03-29 04:43:\d\d UTC: a change\. No run begins\./,
    );
    expect(said).toMatch(/Last run {3}\S+: Activates dr\..*ago\. Look at it: npx lifeboat run /);
    expect(said).toMatch(
      new RegExp(`Verdict {4}sample-app: primary was (down|inconclusive) at .*, said run ${run}\\.`),
    );
    expect(said).toMatch(
      new RegExp(`Debt {7}sample-app: fence of primary is not done for .* \\(run ${run}\\)\\.`),
    );
    expect(said).toMatch(
      /No answer\n {2}Region {5}us-east-1 does not answer\. CloudFormation DescribeStacks in us-east-1: no answer/,
    );
    const json = await desk.type('status', '--format', 'json');
    expect(json).toMatchObject({ exit: 1, people: [] });
    expect(json.values).toEqual([
      {
        name: 'levlabs',
        at: expect.any(String),
        mains: [expect.objectContaining({ app: 'sample-app', main: 'main.levlabs.link', at: 'dr' })],
        sites: [
          expect.objectContaining({
            site: 'dr',
            region: 'us-east-2',
            paused: true,
            pause: expect.objectContaining({ reason: 'a change' }),
            guard: expect.objectContaining({ heartbeatAt: expect.any(Number) }),
            verdicts: [expect.objectContaining({ app: 'sample-app', run })],
            debts: [{ app: 'sample-app', debt: expect.objectContaining({ what: 'fence', site: 'primary' }) }],
            runs: expect.arrayContaining([
              expect.objectContaining({ report: expect.objectContaining({ outcome: 'succeeded' }) }),
            ]),
          }),
        ],
        silent: [expect.stringContaining('us-east-1')],
      },
    ]);
  });

  it('shows that a pause has ended, and does not call it one', async () => {
    const desk = await deployed();
    await desk.type('pause', '--reason', 'a change', '--for', '1m');
    await desk.night.clock.advance(61_000);
    const { said, exit } = await desk.type('status');
    expect(exit).toBe(0);
    expect(said).toMatch(/Pause {6}none; the last one ended 2026-03-29 02:41:\d\d UTC/);
    const { values } = await desk.type('status', '--format', 'json');
    expect((values[0] as { sites: { paused: boolean }[] }).sites.map(({ paused }) => paused)).toEqual([
      false,
      false,
    ]);
  });

  it('shows the Region that answers when the ledger of the other hangs, and is late by one deadline', async () => {
    const desk = await deployed();
    desk.night.loseRegion('primary');
    const before = desk.night.clock.now();
    const { exit, said } = await desk.type('status');
    expect(exit).toBe(1);
    expect(said).toContain('Activating dr, in us-east-2');
    expect(said).toMatch(/us-east-1 does not answer\. DynamoDB .*: no answer within 3000 ms\./);
    expect(desk.night.clock.now() - before).toBeLessThan(3500);
  });

  it('asks both Regions at the same time: two that hang cost one deadline', async () => {
    const desk = await deployed();
    desk.night.loseRegion('primary');
    desk.night.loseRegion('dr');
    const before = desk.night.clock.now();
    const { exit, said } = await desk.type('status');
    expect(exit).toBe(1);
    expect(said).toContain('main.levlabs.link points to primary');
    expect(said.match(/does not answer\./g)).toHaveLength(2);
    expect(desk.night.clock.now() - before).toBeLessThan(3500);
  });

  it('says when main does not point to one of the sites', async () => {
    const desk = await deployed();
    const { endpoint } = desk.night.config.apps[0] ?? {};
    const zone = desk.night.zones.get(endpoint?.zone.id ?? '');
    expect(zone).toBeDefined();
    desk.outside.network.authoritativeCname = async () => ({ ok: true, target: 'somewhere.example.com' });
    const { said } = await desk.type('status');
    expect(said).toContain(
      'main.levlabs.link does NOT point to one site: 4 of 4 name servers say somewhere.example.com; ' +
        'expected primary.levlabs.link or dr.levlabs.link.',
    );
  });

  it('says that it does not know what main answers when no name server does', async () => {
    const desk = await deployed();
    desk.night.internet.setRegion('desk', 'lost');
    const { said } = await desk.type('status');
    expect(said).toContain('main.levlabs.link: not known, no name server of levlabs.link answers.');
  });

  it('shows what a guard wrote down, where there is one', async () => {
    const desk = await deployed();
    const { open } = desk.outside;
    let age = 12_000;
    desk.outside.open = async (config, site): Promise<Deployment> => ({
      ...(await open(config, site)),
      guard: {
        latest: async () => ({
          heartbeatAt: desk.night.clock.now() - age,
          watches: 'primary',
          verdicts: [{ app: 'sample-app', word: 'down', reasons: ['Bad in 4 of 4 samples.'] }],
        }),
      },
    });
    const { said } = await desk.type('status');
    expect(said).toContain('  Guard      watches primary; its last sign of life is 12 s old\n');
    expect(said).toContain('             sample-app: down. Bad in 4 of 4 samples.\n');
    age = 181_000;
    expect((await desk.type('status')).said).toContain(
      '3 min 1 s old. It is NOT at work: look at its Lambda',
    );
  });

  it('breaks its lines on a narrow terminal', async () => {
    const desk = await deployed();
    await desk.night.clock.advance(600_000);
    desk.terminal = { columns: 60 };
    const { people } = await desk.type('status');
    expect(people.filter(line => line.length > 60 && !/^ +npx lifeboat \S+ \S+$/.test(line))).toEqual([]);
  });

  it('still knows the older spelling for one run', async () => {
    const { desk, run } = await asking('primary');
    const { said, exit } = await desk.type('status', run);
    expect({ exit, said }).toEqual({ exit: 0, said: (await desk.type('run', run)).said });
  });
});

describe('status --watch', () => {
  it('prints in a pipe what changes, a line each, and ends with 0 at Ctrl-C', async () => {
    const desk = await deployed();
    const watching = desk.type('status', '--watch');
    desk.night.clock.after(
      20_000,
      () => void desk.night.sites.dr.machine.start({ input: { activate: 'dr' } }),
    );
    desk.interruptAfter(180_000);
    const { exit, said, people } = await watching;
    expect(exit).toBe(0);
    expect(said).not.toContain(ESCAPE);
    expect(people.filter(line => line.startsWith('levlabs, '))).toHaveLength(1);
    expect(said).toMatch(
      /^\d\d:\d\d:\d\d {2}Activating dr, in us-east-2: Last run: at work: Activates dr\./m,
    );
    expect(said).toMatch(
      /^\d\d:\d\d:\d\d {2}Activating dr, in us-east-2: Last run: succeeded: Activates dr\./m,
    );
    expect(said).toMatch(/^\d\d:\d\d:\d\d {2}Customers: main: main\.levlabs\.link points to dr /m);
    expect(said).toMatch(
      /^\d\d:\d\d:\d\d {2}No more: Customers: main: main\.levlabs\.link points to primary /m,
    );
    // An age that grows is no change.
    expect(people.length).toBeLessThan(45);
  });

  it('draws a page of its own on a terminal, and leaves it clean with the last look on it', async () => {
    const desk = await deployed();
    desk.terminal = { interactive: true, columns: 80, rows: 12 };
    desk.interruptAfter(12_000);
    const { exit, people, said } = await desk.type('status', '--watch');
    expect(exit).toBe(0);
    expect(people[0]).toBe('\u001b[?1049h\u001b[?25l');
    const draws = people.filter(line => line.startsWith('\u001b[H'));
    expect(draws).toHaveLength(3);
    for (const draw of draws) expect(draw.split('\n').length).toBeLessThanOrEqual(12);
    expect(draws[0]).toContain('the terminal is too low for the rest');
    const left = people.indexOf('\u001b[?25h\u001b[?1049l');
    expect(left).toBeGreaterThan(0);
    expect(people.slice(left + 1).join('\n')).not.toContain(ESCAPE);
    expect(people.slice(left + 1)[0]).toMatch(/^levlabs, /);
    expect(said).not.toContain('Interrupted');
  });

  it('puts the terminal back when a look fails', async () => {
    const desk = await deployed();
    desk.terminal = { interactive: true, columns: 80 };
    desk.outside.network.nameservers = () => Promise.reject(new TypeError('a bug'));
    await expect(desk.type('status', '--watch')).rejects.toThrow('a bug');
    expect(desk.output.people).toEqual(['\u001b[?1049h\u001b[?25l', '\u001b[?25h\u001b[?1049l']);
  });

  it('leaves at once, also in the middle of a question to a lost Region', async () => {
    const desk = await deployed();
    desk.night.loseRegion('primary');
    desk.interruptAfter(500);
    const before = desk.night.clock.now();
    expect(await desk.type('status', '--watch')).toMatchObject({ exit: 0 });
    expect(desk.night.clock.now() - before).toBeLessThan(600);
  });

  it('is no JSON', async () => {
    const desk = await deployed();
    expect(await desk.type('status', '--watch', '--format', 'json')).toMatchObject({ exit: 2, values: [] });
  });
});
