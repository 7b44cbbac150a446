import { loadScenario, scenarioNames } from '../../rehearsal/scenario';
import { checkScenario } from '../../rehearsal/testbed/night/director';
import type { TestbedReport } from '../../rehearsal/testbed/night/report';
import { type Order, toFactor } from '../../rehearsal/testbed/protocol';
import { BedStopped, bedLock, holdBed, takeDown } from '../../rehearsal/testbed/session';
import { readArguments } from '../arguments';
import { BadUsage, type ExitCode } from '../errors';
import type { Output } from '../output';
import { customerLines } from '../render/customer';
import { recap } from '../render/recap';
import { Style } from '../render/style';
import { timeline } from '../render/timeline';

const DEFAULT = 'region-lost';
const DEFAULT_FACTOR = '0.2';

export interface TestbedWishes {
  scenarios: readonly string[];
  /** What the user wants to rehearse instead of the bed's own shop. */
  config: string | undefined;
  keep: boolean;
  delayFactor: string | undefined;
  verbose: boolean;
  json: boolean;
}

/** `lifeboat rehearse --testbed` */
export async function rehearseOnTestbed(wishes: TestbedWishes, output: Output): Promise<ExitCode> {
  const { scenarios, config, keep, verbose, json } = wishes;
  if (config !== undefined)
    throw new BadUsage(
      `The test bed plays its own shop (rehearsal/testbed/orders), so it cannot take ${config}. ` +
        'Rehearse yours embedded: leave --testbed out.',
    );
  if (scenarios.length > 1 || scenarios[0] === 'all')
    throw new BadUsage(`The test bed plays one scenario at a time; there are ${scenarioNames().join(', ')}.`);
  const scenario = loadScenario(scenarios[0] ?? DEFAULT);
  checkScenario(scenario);
  const { name } = scenario;
  const style = new Style(output);
  const lines = json ? undefined : timeline(output, style, verbose);
  let report: TestbedReport | undefined;
  const order: Order = { scenario: name, keep, delayFactor: factorOf(wishes.delayFactor) };
  try {
    const logs = await holdBed({
      order,
      doing: `rehearse ${name}`,
      onMessage: message => {
        if (message.kind === 'event') lines?.listener(message.event);
        else if (message.kind === 'says') lines?.say(Date.now(), message.line);
        else if (message.kind === 'stays') sayHints(message.hints, output);
        else if (message.kind === 'report') {
          report = message.report;
          lines?.end();
          if (json) output.json(report);
          else for (const line of [...recap(report, style), ...customerLines(report)]) output.say(line);
        }
      },
    });
    if (logs !== undefined) output.say(`All logs are in ${logs}.`);
  } catch (error) {
    // With --keep this is how the bed ends after its report.
    if (!(error instanceof BedStopped && report !== undefined)) throw error;
  }
  return report?.asExpected ? 0 : 1;
}

/** `lifeboat testbed up|down|status` */
export async function testbed(args: string[], output: Output): Promise<ExitCode> {
  const { words, json } = readArguments(args, {}, { least: 1, most: 1 });
  const [what] = words;
  switch (what) {
    case 'up':
      return up(output);
    case 'down': {
      const said = await takeDown();
      if (json) output.json({ said });
      else output.say(said);
      return 0;
    }
    case 'status': {
      const holder = bedLock().holder();
      if (json) output.json({ holder: holder ?? null });
      else
        output.say(
          holder
            ? `Process ${holder.pid} holds the bed for "${holder.doing}" since ${holder.since}. Its files: ${holder.folder}`
            : 'Nobody holds the bed. To make it: npx lifeboat testbed up',
        );
      return 0;
    }
    default:
      throw new BadUsage(`"${what}" is nothing that the test bed does; it does up, down and status.`);
  }
}

async function up(output: Output): Promise<ExitCode> {
  const lines = timeline(output, new Style(output), false);
  try {
    await holdBed({
      order: { keep: true, delayFactor: factorOf(undefined) },
      doing: 'testbed up',
      onMessage: message => {
        if (message.kind === 'says') lines.say(Date.now(), message.line);
        if (message.kind === 'stays') sayHints(message.hints, output);
      },
    });
  } catch (error) {
    // It is how a bed that stays ends.
    if (!(error instanceof BedStopped)) throw error;
    output.say('The bed is down.');
  }
  return 0;
}

function sayHints(hints: readonly string[], output: Output): void {
  output.say('\nThe bed stays until Ctrl-C, or "npx lifeboat testbed down" elsewhere. To look around:');
  for (const hint of hints) output.say(`  ${hint}`);
}

function factorOf(text: string | undefined): number {
  const factor = toFactor(text ?? DEFAULT_FACTOR);
  if (factor === undefined)
    throw new BadUsage(`--delay-factor is ${text}; expected is a number from 0.05 to 1.`);
  return factor;
}
