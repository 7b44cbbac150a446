import { asking, deployed, deploymentOf, endOf, levlabs, started, wantsApproval } from './deployed';

jest.setTimeout(120_000);

describe('approve and deny', () => {
  it('approve lets the run go on, although the Region of the primary is silent', async () => {
    const { desk, run } = await asking('primary');
    const { exit, said } = await desk.type('approve', run, '--by', 'grace');
    expect({ exit, said }).toEqual({ exit: 0, said: `Run ${run} is told: approved by grace.` });
    await desk.night.clock.advance(180_000);
    expect(endOf(desk)).toBe('succeeded');
    expect(desk.broken()).toEqual([]);
  });

  it('deny ends the run, and the message says who it was', async () => {
    const { desk, run } = await asking('primary');
    const { exit, values } = await desk.type('deny', run, '--by', 'grace', '--format', 'json');
    expect({ exit, values }).toEqual({ exit: 0, values: [{ run, approved: false, by: 'grace' }] });
    await desk.night.clock.advance(60_000);
    expect(endOf(desk)).toBe('refused');
    expect(desk.night.sites.dr.sns.messages.at(-1)?.text).toContain('Denied by grace');
  });

  it('answers in the name of whoever types when no other is given', async () => {
    const { desk, run } = await asking('primary');
    const { values } = await desk.type('deny', run, '--format', 'json');
    expect(values).toEqual([{ run, approved: false, by: 'ada' }]);
  });

  it('says that it was answered already, and by whom', async () => {
    const { desk, run } = await asking('primary');
    await desk.type('deny', run, '--by', 'grace');
    await desk.night.clock.advance(60_000);
    const { exit, said, values } = await desk.type('approve', run, '--by', 'bob', '--format', 'json');
    expect({ exit, values }).toEqual({ exit: 1, values: [] });
    expect(said).toBe(`Run ${run} was answered by grace already. Look at it: npx lifeboat run ${run}`);
  });

  it('says that the run does not wait any more when its question is closed', async () => {
    const { desk, run } = await asking('primary');
    // The question is gone with its run, and nobody has written down an answer.
    const { machine } = desk.night.sites.dr;
    const token = await desk.night.clock.run(
      deploymentOf(desk, 'dr')
        .ledger.run(run)
        .then(record => record?.taskToken),
    );
    expect(token).toBeDefined();
    machine.stopExecution(machine.executions()[0]?.arn ?? '', 'Stopped', 'by hand');
    const { exit, said } = await desk.type('approve', run);
    expect({ exit, said }).toEqual({
      exit: 1,
      said: `Run ${run} does not wait for the answer any more. Look at it: npx lifeboat run ${run}`,
    });
  });

  it('says that nobody answered in time once that is written down', async () => {
    const { desk, run } = await asking('primary');
    await desk.night.clock.advance((wantsApproval.config.approval.timeoutSeconds + 60) * 1000);
    const { exit, said } = await desk.type('approve', run);
    expect(exit).toBe(1);
    expect(said).toMatch(/was answered by \(?nobody\)? already/);
    expect(endOf(desk)).toBe('refused');
  });

  it('says that a run asks for nothing', async () => {
    const desk = await deployed();
    await desk.type('activate', 'dr');
    await desk.night.clock.advance(5000);
    const run = started(desk, 'dr')[0]?.name ?? '';
    const { exit, said } = await desk.type('approve', run);
    expect({ exit, said }).toEqual({
      exit: 1,
      said: `Run ${run} does not ask for approval. Look at it: npx lifeboat run ${run}`,
    });
  });

  it('says that no ledger knows the run, and which Region could not be asked', async () => {
    const desk = await deployed(levlabs, 'primary');
    const { exit, said } = await desk.type('approve', 'nonsense');
    expect({ exit, said }).toEqual({
      exit: 1,
      said:
        'No ledger that answers knows run nonsense. To see those that there are: npx lifeboat runs. ' +
        'us-east-1 does not answer. CloudFormation DescribeStacks in us-east-1: no answer within 5000 ms.',
    });
  });

  it('approve goes on to the next Region when the ledger of one hangs', async () => {
    const { desk, run } = await asking();
    const { exit } = await desk.type('approve', run, '--by', 'grace');
    expect(exit).toBe(0);
  });
});
