import { type Desk, deployed, endOf, levlabs, started } from './deployed';

jest.setTimeout(120_000);

function inputOf(desk: Desk, site: 'primary' | 'dr' = 'dr'): unknown {
  return started(desk, site)[0]?.input;
}

describe('failover', () => {
  it('shows what is and what would be, asks for the name, follows the run to its end', async () => {
    const desk = await deployed();
    desk.night.loseRegion('primary');
    desk.answers = ['sample-app'];
    const { exit, said, values } = await desk.type('failover', '--reason', 'the website is down');
    expect({ exit, values }).toEqual({ exit: 0, values: [] });
    expect(desk.asked).toEqual(['Type "sample-app" to confirm: ']);
    expect(said).toContain('Failover of sample-app: dr (us-east-2)');
    expect(said).toContain(
      'Now   main.levlabs.link points to primary (4 of 4 name servers say primary.levlabs.link).',
    );
    expect(said).toMatch(
      /Then {2}puts primary \(us-east-1\) to rest if it answers, restores the newest backup on dr/,
    );
    expect(inputOf(desk)).toEqual({ activate: 'dr', mode: 'failover', reason: 'the website is down' });
    const [execution] = started(desk, 'dr');
    expect(execution?.name).toMatch(/^failover-20260329-0240\d\d-0001$/);
    expect(said).toContain(`Run ${execution?.name} has started in us-east-2.`);
    for (const state of ['Admit', 'Preflight', 'Fence', 'Restore', 'Scale', 'Verify', 'Flip', 'Confirm'])
      expect(said).toMatch(new RegExp(`^\\d\\d:\\d\\d:\\d\\d {2}sample-app: ${state} done in `, 'm'));
    expect(said).toContain(`\nRun ${execution?.name}: succeeded, after `);
    expect(said).toMatch(/main\.levlabs\.link points to dr \(4 of 4 name servers say dr\.levlabs\.link\)\.$/);
    expect(endOf(desk)).toBe('succeeded');
    expect(desk.broken()).toEqual([]);
  });

  it('tells each thing once, in the order in which it happened', async () => {
    const desk = await deployed();
    const { people } = await desk.type('failover', '--yes');
    const times = people.flatMap(line => /^(\d\d:\d\d:\d\d) {2}/.exec(line)?.[1] ?? []);
    expect(times.length).toBeGreaterThan(8);
    expect(times).toEqual([...times].sort());
    expect(new Set(people.filter(line => line !== '')).size).toBe(people.filter(line => line !== '').length);
  });

  it('knows the age of the newest backup from the last look in peace', async () => {
    const desk = await deployed();
    await desk.night.clock.advance(600_000);
    desk.answers = [undefined];
    const { exit, said } = await desk.type('failover');
    expect(exit).toBe(1);
    expect(said).toMatch(
      /Data {2}sample-app: newest backup \S+, of 2026-03-29 [\d:]+ UTC, [^(]+ old \(dr's look in peace of [\d:]+ UTC\)\. What was written since is lost\./,
    );
    expect(said).toContain('Nothing was started.');
    expect(started(desk, 'dr')).toEqual([]);
  });

  it('says that it does not know the age when no look in peace has written one', async () => {
    const desk = await deployed();
    desk.answers = [undefined];
    expect((await desk.type('failover')).said).toContain(
      "sample-app: age of the newest backup not known: dr's ledger has none. On its cluster: velero backup get",
    );
  });

  it('starts nothing when another name is typed', async () => {
    const desk = await deployed();
    desk.answers = ['sampel-app'];
    const { exit, said } = await desk.type('failover');
    expect(exit).toBe(1);
    expect(said).toMatch(/"sampel-app" is not "sample-app"\. Nothing was started\.$/);
    expect(started(desk, 'dr')).toEqual([]);
  });

  it('refuses without a terminal and without --yes, before it asks anything', async () => {
    const desk = await deployed();
    const calls = desk.night.calls.calls.length;
    const { exit, said } = await desk.type('failover');
    expect(exit).toBe(2);
    expect(said).toMatch(
      /^npx lifeboat failover asks for confirmation, and there is no terminal .* Add --yes/,
    );
    expect(desk.night.calls.calls).toHaveLength(calls);
  });

  it('says beforehand that it is paused, and exits with 1 when the run is refused', async () => {
    const desk = await deployed();
    await desk.type('pause', '--reason', 'a change', '--for', '2h');
    const { exit, said } = await desk.type('failover', '--yes');
    expect(exit).toBe(1);
    expect(said).toMatch(
      /But {3}it is paused by ada until 2026-03-29 04:4\d:\d\d UTC \(a change\): the run will be refused\. Lift it: npx lifeboat resume/,
    );
    expect(said).toMatch(/^sample-app: refused|sample-app: refused\. Lifeboat is paused/m);
    expect(said).toContain('Type next: npx lifeboat resume');
  });

  it('says beforehand that a run is at work', async () => {
    const desk = await deployed();
    await desk.type('failover', '--yes', '--no-follow');
    await desk.night.clock.advance(5000);
    const [first] = started(desk, 'dr');
    const { exit, said } = await desk.type('failover', '--yes');
    expect(exit).toBe(1);
    expect(said).toContain(
      `run ${first?.name} is at work for sample-app: yours will be refused. Look at it: npx lifeboat run ${first?.name}`,
    );
  });

  it('returns when the run has started with --no-follow', async () => {
    const desk = await deployed();
    const before = desk.night.clock.now();
    const { exit, said } = await desk.type('failover', '--yes', '--no-follow');
    const [execution] = started(desk, 'dr');
    expect(exit).toBe(0);
    expect(said).toContain(`To watch: npx lifeboat run ${execution?.name} --follow`);
    expect(desk.night.clock.now() - before).toBeLessThan(2000);
    expect(execution?.status).toBe('RUNNING');
  });

  it('leaves the run running at Ctrl-C, and says how to come back and how to stop it', async () => {
    const desk = await deployed();
    desk.interruptAfter(12_000);
    const { exit, said } = await desk.type('failover', '--yes');
    const [execution] = started(desk, 'dr');
    expect(exit).toBe(1);
    expect(execution?.status).toBe('RUNNING');
    expect(said).toMatch(
      new RegExp(
        `Run ${execution?.name} goes on without you\\.\n` +
          `To come back: npx lifeboat run ${execution?.name} --follow\n` +
          `To stop it before main moves: npx lifeboat abort ${execution?.name}$`,
      ),
    );
    await desk.night.clock.advance(180_000);
    expect(endOf(desk)).toBe('succeeded');
  });

  it('prints one JSON object when the run has ended, and its progress for people', async () => {
    const desk = await deployed();
    const { exit, values, said } = await desk.type('failover', '--yes', '--format', 'json');
    const { name: run, arn: executionArn } = started(desk, 'dr')[0] ?? {};
    expect(exit).toBe(0);
    expect(values).toEqual([
      expect.objectContaining({
        run,
        executionArn,
        site: 'dr',
        region: 'us-east-2',
        mode: 'failover',
        outcome: 'succeeded',
        followed: true,
        mains: [expect.objectContaining({ app: 'sample-app', at: 'dr' })],
        timeline: expect.objectContaining({ apps: [expect.objectContaining({ app: 'sample-app' })] }),
      }),
    ]);
    expect(said).toContain('sample-app: Flip done in');
  });

  it('goes on when an answer of the Region is lost on the way, and starts no second run', async () => {
    const desk = await deployed();
    desk.night.sites.dr.sfn.endpoint.loseReplies(1);
    expect(await desk.type('failover', '--yes', '--no-follow')).toMatchObject({ exit: 0 });
    expect(started(desk, 'dr')).toHaveLength(1);
  });

  it('says that nobody knows whether the run has started when no answer comes at all', async () => {
    const desk = await deployed();
    desk.night.sites.dr.sfn.endpoint.state = 'hang';
    const { exit, said } = await desk.type('failover', '--yes');
    expect(exit).toBe(1);
    expect(said).toMatch(
      /It is not known whether the run has started\. Look: npx lifeboat run failover-\S+$/,
    );
  });

  it('keeps looking when the Region is silent for a while', async () => {
    const desk = await deployed();
    const { endpoint } = desk.night.sites.dr.sfn;
    desk.night.clock.after(6_000, () => {
      endpoint.state = 'hang';
    });
    desk.night.clock.after(20_000, () => {
      endpoint.state = 'up';
    });
    const { exit, said } = await desk.type('failover', '--yes');
    expect(exit).toBe(0);
    expect(said.match(/us-east-2 does not answer\..*The run may go on; looking again\./g)).toHaveLength(1);
    expect(said).toContain('us-east-2 answers again.');
  });

  it.each([
    [['failover', 'primary'], 'failover activates dr. For primary it is npx lifeboat failback.'],
    [['failback', 'dr'], 'failback activates primary. For dr it is npx lifeboat failover.'],
  ])('%j is told the other command', async (args, message) => {
    const { exit, said } = await (await deployed()).type(...args, '--yes');
    expect(exit).toBe(2);
    expect(said).toMatch(new RegExp(`^${message.replaceAll('.', '\\.')}`));
  });
});

describe('failback', () => {
  it('activates the primary, in its own Region', async () => {
    const desk = await deployed();
    await desk.type('failover', '--yes');
    // The primary must see a backup of dr before it can go home.
    await desk.night.clock.advance(45 * 60_000);
    const { exit, said } = await desk.type('failback', '--yes');
    expect(said).toContain('Failback of sample-app: primary (us-east-1)');
    expect(said).toMatch(/main\.levlabs\.link points to primary /);
    expect(exit).toBe(0);
    expect(inputOf(desk, 'primary')).toMatchObject({ activate: 'primary', mode: 'failover' });
    expect(desk.broken()).toEqual([]);
  });
});

describe('switchover and drill', () => {
  it.each(['switchover', 'drill'])('%s starts a run of that mode and follows it to its end', async mode => {
    const desk = await deployed();
    const { exit, said } = await desk.type(mode, '--yes');
    const [execution] = started(desk, 'dr');
    expect(execution?.input).toMatchObject({ activate: 'dr', mode });
    expect(said).toContain(`Run ${execution?.name} has started in us-east-2.`);
    expect({ exit, status: execution?.status }).toEqual({ exit: 0, status: 'SUCCEEDED' });
  });
});

describe('activate, the older spelling', () => {
  it('asks nobody, starts the run in the Region of the site, and says how to watch it', async () => {
    const desk = await deployed();
    const { exit, said, values } = await desk.type('activate', 'dr');
    expect({ exit, values }).toEqual({ exit: 0, values: [] });
    const [execution] = started(desk, 'dr');
    expect(execution?.input).toEqual({
      activate: 'dr',
      mode: 'failover',
      reason: 'started by ada with npx lifeboat activate',
    });
    expect(said).toContain(`Run ${execution?.name} has started in us-east-2.`);
    expect(said).toContain(`To watch: npx lifeboat run ${execution?.name} --follow`);
    expect(said).toContain('https://us-east-2.console.aws.amazon.com/states/');
    expect(started(desk, 'primary')).toEqual([]);
  });

  it('hands on everything that was said, and nothing that was not', async () => {
    const desk = await deployed();
    const words = ['activate', 'dr', '--app', 'sample-app', '--reason', 'drill', '--accept-old-backup'];
    const { exit, values, people } = await desk.type(...words, '--format', 'json');
    const input = {
      activate: 'dr',
      mode: 'failover',
      reason: 'drill',
      apps: ['sample-app'],
      acceptOldBackup: true,
    };
    expect(inputOf(desk)).toEqual(input);
    const { name: run, arn: executionArn } = started(desk, 'dr')[0] ?? {};
    expect({ exit, people, values }).toEqual({
      exit: 0,
      people: [],
      values: [{ run, executionArn, site: 'dr', region: 'us-east-2', mode: 'failover', input }],
    });
  });

  it('needs nothing of the other Region, and moves the app', async () => {
    const desk = await deployed(levlabs, 'primary');
    desk.night.loseRegion('primary');
    expect(await desk.type('activate', 'dr')).toMatchObject({ exit: 0 });
    await desk.night.clock.advance(180_000);
    expect(started(desk, 'dr')[0]?.status).toBe('SUCCEEDED');
    expect(desk.broken()).toEqual([]);
  });

  it('says that the Region of the site does not answer, and exits with 1', async () => {
    const desk = await deployed(levlabs, 'dr');
    const { exit, said, values } = await desk.type('activate', 'dr', '--format', 'json');
    expect({ exit, values }).toEqual({ exit: 1, values: [] });
    expect(said).toBe(
      'us-east-2 does not answer. CloudFormation DescribeStacks in us-east-2: no answer within 5000 ms.',
    );
  });

  it('refuses what the workflow would refuse, before anything starts', async () => {
    const desk = await deployed();
    const { exit, said } = await desk.type('activate', 'dr', '--app', 'sampel-app');
    expect(exit).toBe(2);
    expect(said).toContain('sampel-app');
    expect(started(desk, 'dr')).toEqual([]);
  });
});
