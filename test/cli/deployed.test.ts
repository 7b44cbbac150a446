import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Deployment, OpenDeployment } from '../../cli/deployment';
import type { Output } from '../../cli/output';
import type { SiteName } from '../../core/config';
import { AwsUnavailable } from '../../core/errors';
import { Documents } from '../../lambdas/adapters/aws/documents';
import { DynamoLedger } from '../../lambdas/adapters/aws/ledger';
import { example, scenario } from '../rehearsal/cloud/examples';
import { type OpenNight, openNight } from '../rehearsal/cloud/play';
import { recording } from './recording';

jest.setTimeout(30_000);

const CONFIG = join(__dirname, '..', '..', 'examples', 'levlabs', 'lifeboat.yaml');
const levlabs = example('levlabs');
const wantsApproval = {
  ...levlabs,
  // Without it the director of the night says yes by itself.
  scenario: scenario([], {}, { given: { active: 'primary', needs: [], trigger: 'approval' } }),
  config: {
    ...levlabs.config,
    apps: levlabs.config.apps.map(app => ({ ...app, trigger: 'approval' as const })),
  },
};

// The commands open deployments through CloudFormation; here through this, which each test sets.
let open: OpenDeployment;
let main: (args: string[], output: Output) => Promise<number>;

beforeAll(() => {
  const actual = jest.requireActual<typeof import('../../cli/deployment')>('../../cli/deployment');
  const openDeployment: OpenDeployment = (config, site) => open(config, site);
  jest.doMock('../../cli/deployment', () => ({ ...actual, openDeployment }));
  ({ main } = jest.requireActual<typeof import('../../cli/main')>('../../cli/main'));
});

/** What is deployed in a site of the night. */
function deploymentOf({ night }: OpenNight, site: SiteName): Deployment {
  const { dynamodb, sfn, machine, region } = night.sites[site];
  const documents = new Documents(dynamodb, dynamodb.table.schema.name, night.clock);
  return {
    site,
    region,
    stateMachineArn: machine.arn,
    ledger: new DynamoLedger(documents, night.clock),
    sfn,
  };
}

function unavailable(site: SiteName): never {
  const { region } = levlabs.config.sites[site];
  throw new AwsUnavailable(`CloudFormation DescribeStacks in ${region}: no answer within 5000 ms.`);
}

/** A deployment to type commands at. @param silent the site whose Region does not answer */
async function deployed(options: Parameters<typeof openNight>[0] = levlabs, silent?: SiteName) {
  const opened = await openNight(options);
  const { night } = opened;
  night.begin();
  open = async (_config, site) => (site === silent ? unavailable(site) : deploymentOf(opened, site));
  const type = async (...args: string[]) => {
    const output = recording();
    const exit = await night.clock.run(main([...args, '--config', CONFIG], output));
    return { exit, said: output.people.join('\n'), ...output };
  };
  return { ...opened, type };
}

function started({ night }: OpenNight, site: SiteName) {
  return night.sites[site].machine.executions();
}

/** The input of an execution. */
function inputOf(open: OpenNight, site: SiteName): unknown {
  return started(open, site)[0]?.input;
}

describe('activate', () => {
  it('starts the run in the Region of the site, and says how to watch it', async () => {
    const world = await deployed();
    const { exit, said, values } = await world.type('activate', 'dr');
    expect({ exit, values }).toEqual({ exit: 0, values: [] });
    const [execution] = started(world, 'dr');
    expect(execution?.input).toEqual({
      activate: 'dr',
      reason: 'started by hand with npx lifeboat activate',
    });
    expect(said).toContain(`Run ${execution?.name} has started in us-east-2.`);
    expect(said).toContain(`To watch: npx lifeboat status ${execution?.name}`);
    expect(said).toContain('https://us-east-2.console.aws.amazon.com/states/');
    expect(started(world, 'primary')).toEqual([]);
  });

  it('hands on everything that was said, and nothing that was not', async () => {
    const world = await deployed();
    const { exit, values, people } = await world.type(
      ...[
        'activate',
        'dr',
        '--app',
        'sample-app',
        '--reason',
        'drill',
        '--accept-old-backup',
        '--format',
        'json',
      ],
    );
    const input = { activate: 'dr', reason: 'drill', apps: ['sample-app'], acceptOldBackup: true };
    expect(inputOf(world, 'dr')).toEqual(input);
    const { name: run, arn: executionArn } = started(world, 'dr')[0] ?? {};
    expect({ exit, people, values }).toEqual({
      exit: 0,
      people: [],
      values: [{ run, executionArn, site: 'dr', region: 'us-east-2', input }],
    });
  });

  it('needs nothing of the other Region, and moves the app', async () => {
    const world = await deployed(levlabs, 'primary');
    world.night.loseRegion('primary');
    expect(await world.type('activate', 'dr')).toMatchObject({ exit: 0 });
    await world.night.clock.advance(180_000);
    expect(started(world, 'dr')[0]?.status).toBe('SUCCEEDED');
    expect(world.broken()).toEqual([]);
  });

  it('says that the Region of the site does not answer, and exits with 1', async () => {
    const world = await deployed(levlabs, 'dr');
    const { exit, said, values } = await world.type('activate', 'dr', '--format', 'json');
    expect({ exit, values }).toEqual({ exit: 1, values: [] });
    expect(said).toBe('CloudFormation DescribeStacks in us-east-2: no answer within 5000 ms.');
  });

  it('refuses what the workflow would refuse, before anything starts', async () => {
    const world = await deployed();
    const { exit, said } = await world.type('activate', 'dr', '--app', 'sampel-app');
    expect(exit).toBe(2);
    expect(said).toContain('sampel-app');
    expect(started(world, 'dr')).toEqual([]);
  });
});

/** A night in which the run asks for approval, and its name. */
async function asking(silent?: SiteName) {
  const world = await deployed(wantsApproval, silent);
  const { night } = world;
  night.loseRegion('primary');
  night.sites.dr.machine.start({ input: { activate: 'dr', startedBy: 'alarm', reason: 'the alarm' } });
  while (!night.sites.dr.sns.messages.some(({ attributes }) => attributes.event === 'approval-wanted'))
    await night.clock.advance(5000);
  // Told is not yet written down; the ledger has the key a moment later.
  await night.clock.advance(5000);
  const [execution] = started(world, 'dr');
  return { ...world, run: execution?.name ?? '' };
}

function endOf({ night }: OpenNight): string | undefined {
  return night.sites.dr.sns.messages
    .map(({ attributes }) => attributes.event)
    .findLast(event => event !== 'start' && event !== 'approval-wanted' && event !== 'not-ready');
}

describe('approve and deny', () => {
  it('approve lets the run go on, although the Region of the primary is silent', async () => {
    const world = await asking('primary');
    const { exit, said } = await world.type('approve', world.run, '--by', 'ada');
    expect({ exit, said }).toEqual({ exit: 0, said: `Run ${world.run} is told: approved by ada.` });
    await world.night.clock.advance(180_000);
    expect(endOf(world)).toBe('succeeded');
    expect(world.broken()).toEqual([]);
  });

  it('deny ends the run, and the message says who it was', async () => {
    const world = await asking('primary');
    const { exit, values } = await world.type('deny', world.run, '--by', 'ada', '--format', 'json');
    expect({ exit, values }).toEqual({ exit: 0, values: [{ run: world.run, approved: false, by: 'ada' }] });
    await world.night.clock.advance(60_000);
    expect(endOf(world)).toBe('refused');
    expect(world.night.sites.dr.sns.messages.at(-1)?.text).toContain('Denied by ada');
  });

  it('answers in the name of whoever types when no other is given', async () => {
    const world = await asking('primary');
    const { values } = await world.type('deny', world.run, '--format', 'json');
    expect(values).toEqual([{ run: world.run, approved: false, by: userInfo().username }]);
  });

  it('says that it was answered already, and by whom', async () => {
    const world = await asking('primary');
    await world.type('deny', world.run, '--by', 'ada');
    await world.night.clock.advance(60_000);
    const { exit, said, values } = await world.type('approve', world.run, '--by', 'bob', '--format', 'json');
    expect({ exit, values }).toEqual({ exit: 1, values: [] });
    expect(said).toBe(
      `Run ${world.run} was answered by ada already. Look at it: npx lifeboat status ${world.run}`,
    );
  });

  it('says that the run does not wait any more when its question is closed', async () => {
    const world = await asking('primary');
    // The question is gone with its run, and nobody has written down an answer.
    const { machine } = world.night.sites.dr;
    const token = await world.night.clock.run(
      deploymentOf(world, 'dr')
        .ledger.run(world.run)
        .then(record => record?.taskToken),
    );
    expect(token).toBeDefined();
    machine.stopExecution(machine.executions()[0]?.arn ?? '', 'Stopped', 'by hand');
    const { exit, said } = await world.type('approve', world.run);
    expect({ exit, said }).toEqual({
      exit: 1,
      said: `Run ${world.run} does not wait for the answer any more. Look at it: npx lifeboat status ${world.run}`,
    });
  });

  it('says that nobody answered in time once that is written down', async () => {
    const world = await asking('primary');
    await world.night.clock.advance((wantsApproval.config.approval.timeoutSeconds + 60) * 1000);
    const { exit, said } = await world.type('approve', world.run);
    expect(exit).toBe(1);
    expect(said).toMatch(/was answered by \(?nobody\)? already/);
    expect(endOf(world)).toBe('refused');
  });

  it('says that a run asks for nothing', async () => {
    const world = await deployed();
    await world.type('activate', 'dr');
    await world.night.clock.advance(5000);
    const run = started(world, 'dr')[0]?.name ?? '';
    const { exit, said } = await world.type('approve', run);
    expect({ exit, said }).toEqual({
      exit: 1,
      said: `Run ${run} does not ask for approval. Look at it: npx lifeboat status ${run}`,
    });
  });

  it('says that no ledger knows the run, and which Region could not be asked', async () => {
    const world = await deployed(levlabs, 'primary');
    const { exit, said } = await world.type('approve', 'nonsense');
    expect({ exit, said }).toEqual({
      exit: 1,
      said:
        'No ledger that answers knows run nonsense. ' +
        'CloudFormation DescribeStacks in us-east-1: no answer within 5000 ms.',
    });
  });

  it('approve goes on to the next Region when the ledger of one hangs', async () => {
    const world = await asking();
    const { exit } = await world.type('approve', world.run, '--by', 'ada');
    expect(exit).toBe(0);
  });
});

describe('pause and resume', () => {
  async function pauses(world: OpenNight, sites: SiteName[]) {
    return world.night.clock.run(Promise.all(sites.map(site => deploymentOf(world, site).ledger.pause())));
  }

  it('tells both Regions, and lifts it again', async () => {
    const world = await deployed();
    const { exit, said, values } = await world.type('pause', '--reason', 'a change');
    expect({ exit, said, values }).toEqual({
      exit: 0,
      said: 'Paused in us-east-1 and us-east-2.',
      values: [],
    });
    const by = userInfo().username;
    const expected = expect.objectContaining({ by, reason: 'a change' });
    expect(await pauses(world, ['primary', 'dr'])).toEqual([expected, expected]);
    expect(await world.type('resume')).toMatchObject({
      exit: 0,
      said: 'Not paused any more in us-east-1 and us-east-2.',
    });
    expect(await pauses(world, ['primary', 'dr'])).toEqual([undefined, undefined]);
  });

  it('lets no run begin, and the refusal names the command that lifts it', async () => {
    const world = await deployed();
    await world.type('pause', '--reason', 'a change');
    await world.type('activate', 'dr');
    await world.night.clock.advance(30_000);
    expect(endOf(world)).toBe('refused');
    const { text } = world.night.sites.dr.sns.messages.at(-1) ?? {};
    expect(text).toContain('a change');
    expect(text).toContain('npx lifeboat resume');
  });

  it('exits with 1 and names the Region that it could not tell', async () => {
    const world = await deployed(levlabs, 'primary');
    const { exit, said } = await world.type('pause');
    expect({ exit, said }).toEqual({
      exit: 1,
      said:
        'Paused in us-east-2.\n' +
        'Not told: CloudFormation DescribeStacks in us-east-1: no answer within 5000 ms.',
    });
    expect(await pauses(world, ['dr'])).toEqual([expect.objectContaining({ reason: 'no reason was given' })]);
  });

  it('says the same as JSON, with nothing for people', async () => {
    const world = await deployed(levlabs, 'primary');
    const { exit, people, values } = await world.type('resume', '--format', 'json');
    expect({ exit, people, values }).toEqual({
      exit: 1,
      people: [],
      values: [
        {
          paused: false,
          told: ['us-east-2'],
          silent: ['CloudFormation DescribeStacks in us-east-1: no answer within 5000 ms.'],
        },
      ],
    });
  });

  it('tells the Region that answers when the ledger of the other hangs', async () => {
    const world = await deployed();
    world.night.loseRegion('primary');
    const { exit, said } = await world.type('pause');
    expect(exit).toBe(1);
    expect(said).toMatch(/^Paused in us-east-2\.\nNot told: /);
  });
});

describe('status', () => {
  it('shows both directions, and that nothing ran yet', async () => {
    const world = await deployed();
    const { exit, said } = await world.type('status');
    expect({ exit, said }).toEqual({
      exit: 0,
      said: [
        ...['Activating primary, in us-east-1:', '  no run yet'],
        ...['Activating dr, in us-east-2:', '  no run yet'],
      ].join('\n'),
    });
  });

  it('shows the last runs, a pause, and the Region that does not answer', async () => {
    const world = await deployed(levlabs, 'primary');
    world.night.loseRegion('primary');
    await world.type('activate', 'dr', '--reason', 'the website is down');
    await world.night.clock.advance(180_000);
    await world.type('pause', '--reason', 'a change');
    const { exit, said } = await world.type('status');
    const run = started(world, 'dr')[0]?.name;
    expect(exit).toBe(1);
    expect(said).toContain(`Activating dr, in us-east-2: PAUSED by ${userInfo().username} (a change)`);
    expect(said).toMatch(
      new RegExp(`^ {2}2026-03-29T02:40:0\\d {2}${run} {2}succeeded {2}the website is down$`, 'm'),
    );
    expect(said).toMatch(/^No answer: CloudFormation DescribeStacks in us-east-1/m);
    const json = await world.type('status', '--format', 'json');
    expect(json).toMatchObject({ exit: 1, people: [] });
    expect(json.values).toEqual([
      {
        sites: [
          {
            site: 'dr',
            region: 'us-east-2',
            pause: expect.objectContaining({ reason: 'a change' }),
            runs: expect.arrayContaining([
              expect.objectContaining({ report: expect.objectContaining({ outcome: 'succeeded' }) }),
            ]),
          },
        ],
        silent: [expect.stringContaining('us-east-1')],
      },
    ]);
  });

  it('shows a run phase by phase, and never the key of its question', async () => {
    const world = await asking('primary');
    const { exit, said } = await world.type('status', world.run);
    expect(exit).toBe(0);
    expect(said).toContain(`${world.run}  at work  the alarm`);
    expect(said).toContain('sample-app: at work');
    for (const phase of ['admit', 'assess', 'preflight', 'turn']) {
      expect(said).toMatch(new RegExp(`^ {2}${phase} +`, 'm'));
    }
    const { values, people } = await world.type('status', world.run, '--format', 'json');
    expect(people).toEqual([]);
    expect(values).toEqual([
      expect.objectContaining({
        run: expect.objectContaining({ id: world.run }),
        apps: [expect.objectContaining({ app: 'sample-app' })],
      }),
    ]);
    expect(JSON.stringify(values)).not.toContain('taskToken');
  });

  it('shows how a run ended, and what to type next', async () => {
    const world = await asking('primary');
    await world.type('deny', world.run, '--by', 'ada');
    await world.night.clock.advance(60_000);
    const { said } = await world.type('status', world.run);
    expect(said).toContain(`${world.run}  refused  the alarm`);
    expect(said).toContain('sample-app: refused');
    expect(said).toContain('Denied by ada');
    expect(said).toContain('Type next: npx lifeboat activate dr --app sample-app');
  });

  it('says that no ledger knows the run', async () => {
    const world = await deployed();
    const { exit, said, values } = await world.type('status', 'nonsense', '--format', 'json');
    expect({ exit, said, values }).toEqual({
      exit: 1,
      said: 'No ledger that answers knows run nonsense.',
      values: [],
    });
  });

  it('shows the Region that answers when the ledger of the other hangs', async () => {
    const world = await deployed();
    world.night.loseRegion('primary');
    const { exit, said } = await world.type('status');
    expect(exit).toBe(1);
    expect(said).toContain('Activating dr, in us-east-2:');
  });
});
