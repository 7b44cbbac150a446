import { type Desk, deployed, endOf, levlabs, recordOf, started, untilState } from './deployed';

jest.setTimeout(120_000);

/** A failover that has come to a state. */
async function at(state: string): Promise<{ desk: Desk; run: string }> {
  const desk = await deployed();
  await desk.type('failover', '--yes', '--no-follow');
  await untilState(desk, state);
  return { desk, run: started(desk, 'dr')[0]?.name ?? '' };
}

function mainAt({ night }: Desk): unknown[] {
  const [app] = night.config.apps;
  return app ? [...new Set(night.mainAt(app))] : [];
}

describe('abort', () => {
  it('stops a run that restores, after it was confirmed, and says how it goes on', async () => {
    const { desk, run } = await at('Restore');
    desk.answers = ['sample-app'];
    const { exit, said } = await desk.type('abort', run, '--reason', 'a false alarm');
    expect(exit).toBe(0);
    expect(desk.asked).toEqual(['Type "sample-app" to confirm: ']);
    expect(said).toContain('Stopping it leaves main where it is and undoes nothing else');
    expect(said).toContain(`Run ${run} is stopped. Waiting for its report.`);
    expect(said).toMatch(/needs-attention\. It was cut in Restore: ABORTED: Stopped by ada: a false alarm/);
    expect(said).toContain('Type next: npx lifeboat failover --app sample-app');
    expect(said).toContain('main.levlabs.link points to primary ');
    expect(said).toContain('To go back instead of on: docs/runbook.md, "Stop a run"');
    expect(started(desk, 'dr')[0]?.status).toBe('ABORTED');
    expect(endOf(desk)).toBe('needs-attention');
    expect(desk.night.sites.dr.sns.messages.at(-1)?.text).toContain('Stopped by ada: a false alarm');
    expect(mainAt(desk)).toEqual(['primary']);
  });

  it('leaves an open activation behind, which status shows until a run ends it', async () => {
    const { desk, run } = await at('Restore');
    expect((await desk.type('status')).said).not.toContain('Open');
    await desk.type('abort', run, '--yes');
    expect((await desk.type('status')).said).toMatch(
      /Open {7}sample-app: activation \d+ of dr is open for .* Finish it soon: npx lifeboat failover --app sample-app/,
    );
    await desk.type('failover', '--yes');
    expect((await desk.type('status')).said).not.toContain('Open');
  });

  it('says that nobody knows whether it was stopped when no answer comes', async () => {
    const { desk, run } = await at('Restore');
    const { open } = desk.outside;
    desk.outside.open = async (config, site) => {
      const { sfn, ...rest } = await open(config, site);
      const { endpoint } = desk.night.sites[site].sfn;
      const send = (command: { constructor: { name: string } }, ...more: unknown[]) => {
        if (command.constructor.name === 'StopExecutionCommand') endpoint.loseReplies(1);
        return (sfn.send as (...all: unknown[]) => unknown)(command, ...more);
      };
      return { ...rest, sfn: { send: send as typeof sfn.send } };
    };
    const { exit, said } = await desk.type('abort', run, '--yes');
    expect(exit).toBe(1);
    expect(said).toBe(
      'us-east-2 does not answer. Step Functions StopExecution in us-east-2: no answer within 5000 ms. ' +
        `It is not known whether the run was stopped. Look: npx lifeboat run ${run}`,
    );
  });

  it('lets the next run go on where it stopped, with the same restore', async () => {
    const { desk, run } = await at('Scale');
    await desk.type('abort', run, '--yes');
    const { exit } = await desk.type('failover', '--yes');
    expect(exit).toBe(0);
    expect(mainAt(desk)).toEqual(['dr']);
    expect(desk.broken()).toEqual([]);
  });

  it('changes nothing when it is stopped before Fence, and says that it is refused', async () => {
    const { desk, run } = await at('Preflight');
    const { exit, said } = await desk.type('abort', run, '--yes');
    expect(exit).toBe(0);
    expect(said).toMatch(/refused\. It was cut.*Nothing had been changed\./);
    expect(said).not.toContain('To go back instead of on');
  });

  it.each(['Flip', 'Confirm'])('refuses in %s, and the run goes on', async state => {
    const { desk, run } = await at(state);
    // The step has written down that it is at work.
    await desk.night.clock.advance(100);
    const { exit, said } = await desk.type('abort', run, '--yes');
    expect(exit).toBe(1);
    expect(said).toBe(
      `Run ${run} moves main of sample-app to dr already, or has done it. After the flip nothing is undone by ` +
        `itself; let the run confirm and report. Look at it: npx lifeboat run ${run}`,
    );
    expect((await recordOf(desk, 'dr', run))?.abort).toBeUndefined();
    await desk.night.clock.advance(180_000);
    expect(endOf(desk)).toBe('succeeded');
  });

  it('looks again after the name was typed: a run that flipped meanwhile is not stopped', async () => {
    const { desk, run } = await at('Restore');
    // Whoever is asked takes two minutes.
    desk.outside.ask = async () => {
      await desk.night.clock.sleep(120_000);
      return 'sample-app';
    };
    const { exit, said } = await desk.type('abort', run);
    expect(exit).toBe(1);
    expect(said).toContain(`Run ${run} has ended as succeeded: there is nothing to stop.`);
    expect(started(desk, 'dr')[0]?.status).toBe('SUCCEEDED');
    expect(mainAt(desk)).toEqual(['dr']);
  });

  it('does nothing when another name is typed', async () => {
    const { desk, run } = await at('Restore');
    desk.answers = ['levlabs'];
    const { exit, said } = await desk.type('abort', run);
    expect(exit).toBe(1);
    expect(said).toContain(`"levlabs" is not "sample-app". Run ${run} goes on.`);
    expect(started(desk, 'dr')[0]?.status).toBe('RUNNING');
  });

  it('says that there is nothing to stop when the run has ended', async () => {
    const desk = await deployed();
    await desk.type('failover', '--yes');
    const run = started(desk, 'dr')[0]?.name ?? '';
    const { exit, said } = await desk.type('abort', run, '--yes');
    expect({ exit, said }).toEqual({
      exit: 1,
      said: `Run ${run} has ended as succeeded: there is nothing to stop. Look at it: npx lifeboat run ${run}`,
    });
  });

  it('refuses without a terminal and without --yes', async () => {
    const desk = await deployed();
    expect(await desk.type('abort', 'any')).toMatchObject({ exit: 2 });
  });

  it('says that no ledger knows the run', async () => {
    const desk = await deployed(levlabs);
    const { exit, said } = await desk.type('abort', 'nonsense', '--yes');
    expect(exit).toBe(1);
    expect(said).toMatch(/^No ledger that answers knows run nonsense\./);
  });

  it('prints one JSON object', async () => {
    const { desk, run } = await at('Restore');
    const { values } = await desk.type(
      'abort',
      run,
      '--yes',
      '--reason',
      'a false alarm',
      '--format',
      'json',
    );
    expect(values).toEqual([
      expect.objectContaining({
        aborted: true,
        reason: 'a false alarm',
        id: run,
        status: 'ABORTED',
        mains: [expect.objectContaining({ at: 'primary' })],
        report: expect.objectContaining({ outcome: 'needs-attention' }),
      }),
    ]);
  });
});
