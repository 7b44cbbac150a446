import { asking, deployed, levlabs, started } from './deployed';
import { ESCAPE } from './recording';

jest.setTimeout(120_000);

describe('run', () => {
  it('shows a run phase by phase, and never the key of its question', async () => {
    const { desk, run } = await asking('primary');
    const { exit, said } = await desk.type('run', run);
    expect(exit).toBe(0);
    expect(said).toMatch(
      new RegExp(
        `^Run ${run}: at work\n {2}Activates dr in us-east-2, started 2026-03-29 .* by an alarm\\.\n {2}Reason: the alarm\n`,
      ),
    );
    expect(said).toContain('\nsample-app: at work\n');
    for (const state of ['Admit', 'Assess', 'Preflight', 'Await turn']) {
      expect(said).toMatch(new RegExp(`^ {2}\\d\\d:\\d\\d:\\d\\d {2}${state} +\\d+ s `, 'm'));
    }
    expect(said).toContain('https://us-east-2.console.aws.amazon.com/states/');
    const { values, people } = await desk.type('run', run, '--format', 'json');
    expect(people).toEqual([]);
    expect(values).toEqual([
      expect.objectContaining({
        id: run,
        status: 'RUNNING',
        run: expect.objectContaining({ id: run }),
        apps: [expect.objectContaining({ app: 'sample-app' })],
      }),
    ]);
    expect(JSON.stringify(values)).not.toContain('taskToken');
  });

  it('shows how a run ended, and what to type next', async () => {
    const { desk, run } = await asking('primary');
    await desk.type('deny', run, '--by', 'grace');
    await desk.night.clock.advance(60_000);
    const { said } = await desk.type('run', run);
    expect(said).toMatch(new RegExp(`^Run ${run}: refused\n`));
    expect(said).toMatch(/^ {2}Ended 2026-03-29 .*, after /m);
    expect(said).toContain('\nsample-app: refused\n');
    expect(said).toContain('Denied by grace');
    expect(said).toContain('Type next: npx lifeboat failover --app sample-app');
  });

  it('says that no ledger knows the run', async () => {
    const desk = await deployed();
    const { exit, said, values } = await desk.type('run', 'nonsense', '--format', 'json');
    expect({ exit, said, values }).toEqual({
      exit: 1,
      said: 'No ledger that answers knows run nonsense. To see those that there are: npx lifeboat runs.',
      values: [],
    });
  });

  it('does not wait for a Region that is lost when the other one knows the run', async () => {
    const desk = await deployed();
    desk.night.loseRegion('primary');
    await desk.type('failover', '--yes', '--no-follow');
    await desk.night.clock.advance(5000);
    const before = desk.night.clock.now();
    const run = started(desk, 'dr')[0]?.name ?? '';
    expect(await desk.type('run', run)).toMatchObject({ exit: 0 });
    expect(desk.night.clock.now() - before).toBeLessThan(500);
  });
});

it('shows nothing that moves the cursor, whoever wrote it', async () => {
  const desk = await deployed();
  desk.night.sites.dr.machine.start({
    input: { activate: 'dr', startedBy: 'alarm', reason: 'all\u001b[2J is\u0007 well\u001b]0;title' },
    name: 'odd',
  });
  await desk.night.clock.advance(10_000);
  for (const args of [['run', 'odd'], ['runs'], ['status'], ['run', 'odd', '--follow']]) {
    const { said } = await desk.type(...args);
    expect(said).not.toContain(ESCAPE);
    expect(said).not.toContain('\u0007');
  }
});

describe('run --follow', () => {
  it('asks for the approval that the run waits for, and follows it to its end', async () => {
    const { desk, run } = await asking('primary');
    desk.typeLater(10_000, 'approve', run, '--by', 'grace');
    const { exit, said } = await desk.type('run', run, '--follow');
    expect(exit).toBe(0);
    expect(said).toContain(
      `The run asks for approval. Type npx lifeboat approve ${run}, or npx lifeboat deny ${run}`,
    );
    expect(said).toContain('grace answered: approved.');
    expect(said).toContain('sample-app: Flip done in');
  });

  it('tells a run that has ended already, and exits as it ended', async () => {
    const { desk, run } = await asking('primary');
    await desk.type('deny', run);
    await desk.night.clock.advance(60_000);
    const { exit, said } = await desk.type('run', run, '--follow');
    expect(exit).toBe(1);
    expect(said).toContain('sample-app: refused. Denied by ada.');
    expect(said).toContain('Type next: npx lifeboat failover --app sample-app');
  });

  it('turns a line on a terminal that says what is waited for, and takes it away in the end', async () => {
    const desk = await deployed();
    desk.terminal = { interactive: true, columns: 60 };
    const { people, exit } = await desk.type('failover', '--yes');
    expect(exit).toBe(0);
    const turning = people.filter(line => /^[|/\\-] /.test(line));
    expect(turning.length).toBeGreaterThan(20);
    expect(turning.every(line => line.length < 60)).toBe(true);
    expect(turning.some(line => line.includes('sample-app: Restore, '))).toBe(true);
    expect(people.filter(line => line === '\r\u001b[2K')).toHaveLength(turning.length);
    const told = people.filter(line => /^\d\d:\d\d:\d\d {2}/.test(line));
    expect(told.some(line => line.includes('begins.'))).toBe(false);
    expect(told.every(line => line.length <= 60)).toBe(true);
  });

  it('breaks a long silence once a minute where nobody looks, with no escape sequence', async () => {
    const { desk, run } = await asking('primary');
    desk.interruptAfter(200_000);
    const { said, exit } = await desk.type('run', run, '--follow');
    expect(exit).toBe(1);
    expect(said).not.toContain(ESCAPE);
    expect(said.match(/^waits: sample-app: Await turn, .*: Waits for a person's approval\.$/gm)).toHaveLength(
      3,
    );
  });

  it('says that nothing reports how a run ended when its report does not come', async () => {
    const { desk, run } = await asking('primary');
    const { machine } = desk.night.sites.dr;
    // EventBridge of the Region is away: nobody asks for the report.
    desk.night.bridge.setRegion('us-east-2', 'lost');
    machine.stopExecution(machine.executions()[0]?.arn ?? '', 'Stopped', 'by hand');
    const { exit, said } = await desk.type('run', run, '--follow');
    expect(exit).toBe(1);
    expect(said).toContain(`Run ${run}: ABORTED, not reported yet`);
    expect(said).toContain(`Nothing reports how it ended. Look again: npx lifeboat run ${run}`);
  });
});

describe('runs', () => {
  async function threeRuns() {
    const desk = await deployed();
    await desk.type('pause', '--reason', 'a change');
    await desk.type('failover', '--yes', '--reason', 'the website is down, say the people of the help desk');
    await desk.type('failback', '--yes');
    await desk.type('resume');
    await desk.type('failover', '--yes', '--no-follow');
    await desk.night.clock.advance(3000);
    return desk;
  }

  it('lists those of both Regions, the newest first', async () => {
    const desk = await threeRuns();
    const { exit, people, values } = await desk.type('runs');
    expect({ exit, values }).toEqual({ exit: 0, values: [] });
    expect(people[0]).toMatch(/^STARTED \(UTC\) +TO +OUTCOME +TOOK +BY +RUN +REASON$/);
    expect(people.slice(1).map(line => line.split(/ {2,}/).slice(0, 5))).toEqual([
      [expect.stringMatching(/^2026-03-29 02:4\d$/), 'dr', 'at work', expect.stringMatching(/ s$/), 'person'],
      [expect.any(String), 'primary', 'refused', expect.any(String), 'person'],
      [expect.any(String), 'dr', 'refused', expect.any(String), 'person'],
    ]);
    expect(people[3]).toMatch(/ {2}the website is down, say the people of the help desk$/);
    for (const { name } of started(desk, 'dr')) expect(people.join('\n')).toContain(name);
    const short = await desk.type('runs', '--limit', '2');
    expect(short.people).toHaveLength(3);
    const { values: json } = await desk.type('runs', '--format', 'json');
    expect(json).toEqual([
      {
        runs: [
          expect.objectContaining({ site: 'dr', region: 'us-east-2', run: expect.any(Object) }),
          expect.objectContaining({ site: 'primary', region: 'us-east-1', report: expect.any(Object) }),
          expect.objectContaining({ site: 'dr' }),
        ],
        silent: [],
      },
    ]);
  });

  it.each([40, 60, 80])('fits into %i columns, with names that can be typed', async columns => {
    const desk = await threeRuns();
    desk.terminal = { columns };
    const { people } = await desk.type('runs');
    for (const { name } of started(desk, 'dr')) expect(people).toContain(`  ${name}`);
    const wide = people.filter(line => line.length > columns && line.trim().includes(' '));
    expect(columns >= 60 ? wide : []).toEqual([]);
  });

  it('says that there was none, and which Region could not be asked', async () => {
    const desk = await deployed(levlabs, 'primary');
    const { exit, said } = await desk.type('runs');
    expect({ exit, said }).toEqual({
      exit: 1,
      said:
        'There was no run yet.\n' +
        'Not asked: us-east-1 does not answer. CloudFormation DescribeStacks in us-east-1: no answer within 5000 ms.',
    });
  });

  it.each(['0', '501', 'ten', '-1'])('takes no limit of %s', async limit => {
    const desk = await deployed();
    expect(await desk.type('runs', `--limit=${limit}`)).toMatchObject({ exit: 2 });
  });
});
