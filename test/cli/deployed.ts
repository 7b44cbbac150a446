import { join } from 'node:path';
import type { Deployment } from '../../cli/deployment';
import { guardIn } from '../../cli/guard';
import { main } from '../../cli/main';
import { Interrupted, type Outside } from '../../cli/outside';
import { inRegion } from '../../cli/trouble';
import type { SiteName } from '../../core/config';
import { AwsUnavailable } from '../../core/errors';
import type { RunRecord } from '../../core/ledger';
import { Documents } from '../../lambdas/adapters/aws/documents';
import { DynamoLedger } from '../../lambdas/adapters/aws/ledger';
import { FakeNetwork } from '../../rehearsal/embedded/network/fake-network';
import { example, scenario } from '../rehearsal/cloud/examples';
import { type OpenNight, openNight } from '../rehearsal/cloud/play';
import { type Recording, recording } from './recording';

// The command line at a Lifeboat that is deployed into an embedded night: its real adapters over the fakes.

export const CONFIG = join(__dirname, '..', '..', 'examples', 'levlabs', 'lifeboat.yaml');
export const levlabs = example('levlabs');
export const wantsApproval = {
  ...levlabs,
  // Without it the director of the night says yes by itself.
  scenario: scenario([], {}, { given: { active: 'primary', needs: [], trigger: 'approval' } }),
  config: {
    ...levlabs.config,
    apps: levlabs.config.apps.map(app => ({ ...app, trigger: 'approval' as const })),
  },
};

/** What is deployed in a site of the night. */
export function deploymentOf({ night }: OpenNight, site: SiteName): Deployment {
  const { dynamodb, sfn, machine, region } = night.sites[site];
  const documents = new Documents(dynamodb, dynamodb.table.schema.name, night.clock);
  const ledger = new DynamoLedger(documents, night.clock);
  return { site, region, stateMachineArn: machine.arn, ledger, sfn, guard: guardIn(ledger, site) };
}

export interface Typed extends Recording {
  exit: number;
  /** Everything for people, with line ends. */
  said: string;
}

export interface Desk extends OpenNight {
  outside: Outside;
  /** What whoever sits there answers to the questions; nobody sits there before something stands in it. */
  answers: (string | undefined)[] | undefined;
  /** The questions that were asked. */
  asked: string[];
  terminal: Parameters<typeof recording>[0];
  /** Where the command writes that was typed last. */
  output: Recording;
  /** Types a command and waits for its end, while the night goes on. */
  type(...args: string[]): Promise<Typed>;
  /** Somebody else types a command, so many ms later. */
  typeLater(ms: number, ...args: string[]): void;
  /** Presses Ctrl-C after so many ms of the night. */
  interruptAfter(ms: number): void;
}

/** A desk to type commands at, in a night. @param silent the site whose Region does not answer */
export async function deployed(
  options: Parameters<typeof openNight>[0] = levlabs,
  silent?: SiteName,
): Promise<Desk> {
  const opened = await openNight(options);
  const { night } = opened;
  night.begin();
  const { clock, internet, calls } = night;
  let interrupt = () => undefined as unknown;
  let names = 0;
  const desk: Desk = {
    ...opened,
    answers: undefined,
    asked: [],
    terminal: {},
    output: recording(),
    outside: {
      clock,
      network: new FakeNetwork({ internet, log: calls, region: 'desk', seed: 'desk' }),
      open: (_config, site) => {
        const { region } = night.sites[site];
        return inRegion(region, async () => {
          if (site !== silent) return deploymentOf(opened, site);
          throw new AwsUnavailable(`CloudFormation DescribeStacks in ${region}: no answer within 5000 ms.`);
        });
      },
      user: 'ada',
      unique: () => String(++names).padStart(4, '0'),
      interruptible: work => {
        const controller = new AbortController();
        interrupt = () => controller.abort(new Interrupted('Ctrl-C'));
        return work(controller.signal);
      },
    },
    typeLater: (ms, ...args) => {
      clock.after(ms, () => void main([...args, '--config', CONFIG], recording(), desk.outside));
    },
    interruptAfter: ms => void clock.after(ms, () => interrupt()),
    type: async (...args) => {
      const output = recording(desk.terminal);
      desk.output = output;
      const { answers } = desk;
      const ask = async (question: string) => {
        desk.asked.push(question);
        return answers?.shift();
      };
      const outside = { ...desk.outside, ...(answers ? { ask } : {}) };
      const exit = await clock.run(main([...args, '--config', CONFIG], output, outside));
      return { exit, said: output.people.join('\n'), ...output };
    },
  };
  return desk;
}

/** The executions of a site's state machine, in the order in which they began. */
export function started({ night }: OpenNight, site: SiteName) {
  return night.sites[site].machine.executions();
}

/** The last word that on-call in dr's Region got of a run. */
export function endOf({ night }: OpenNight): string | undefined {
  return night.sites.dr.sns.messages
    .map(({ attributes }) => attributes.event)
    .findLast(event => event !== 'start' && event !== 'approval-wanted' && event !== 'not-ready');
}

export async function recordOf(desk: OpenNight, site: SiteName, run: string): Promise<RunRecord | undefined> {
  return desk.night.clock.run(deploymentOf(desk, site).ledger.run(run));
}

/** A night in which a run asks for approval, and its name. */
export async function asking(silent?: SiteName) {
  const desk = await deployed(wantsApproval, silent);
  const { night } = desk;
  night.loseRegion('primary');
  night.sites.dr.machine.start({ input: { activate: 'dr', startedBy: 'alarm', reason: 'the alarm' } });
  while (!night.sites.dr.sns.messages.some(({ attributes }) => attributes.event === 'approval-wanted'))
    await night.clock.advance(5000);
  // Told is not yet written down; the ledger has the key a moment later.
  await night.clock.advance(5000);
  const [execution] = started(desk, 'dr');
  return { desk, run: execution?.name ?? '' };
}

/** Lets the night go on until a run enters a state. */
export async function untilState(desk: Desk, state: string): Promise<void> {
  const { night } = desk;
  let entered = false;
  night.observers.push({
    onState: (_site, event) => {
      if (event.type.endsWith('StateEntered') && event.details.name === state) entered = true;
    },
  });
  for (let waited = 0; !entered; waited += 100) {
    if (waited > 600_000) throw new Error(`No run entered ${state} within ten minutes.`);
    await night.clock.advance(100);
  }
}
