import type { App, Config, SiteName } from '../../core/config';
import { consoleLink } from '../../core/messages';
import { parseRequest } from '../../core/request';
import { otherSite } from '../../core/run';
import { loadConfig } from '../../lib/config';
import { type Arguments, configFile, readArguments, readSite } from '../arguments';
import { beforehand } from '../ask-ledger';
import { canBeAsked, confirm, wordFor } from '../confirm';
import type { Deployment } from '../deployment';
import { BadUsage, type ExitCode } from '../errors';
import { executionArn, startRun } from '../executions';
import { askMains, commonSite, type MainAnswer } from '../main-answer';
import type { Output } from '../output';
import type { Outside } from '../outside';
import { previewLines, type StartMode } from '../render/preview';
import { Style } from '../render/style';
import { inRegion, Trouble } from '../trouble';
import { followToTheEnd } from './run';

const OPTIONS = {
  app: { type: 'string', multiple: true },
  reason: { type: 'string' },
  'accept-old-backup': { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  'no-follow': { type: 'boolean' },
} as const;

/** What makes the commands that start a run different. */
interface Kind {
  command: string;
  mode: StartMode;
  /** The only site that it activates. */
  site?: SiteName;
  /** Lets whoever types confirm, and follows the run. */
  guarded: boolean;
}

type Command = (args: string[], output: Output, outside: Outside) => Promise<ExitCode>;

export const failover = starts({ command: 'failover', mode: 'failover', site: 'dr', guarded: true });
export const failback = starts({ command: 'failback', mode: 'failover', site: 'primary', guarded: true });
export const switchover = starts({ command: 'switchover', mode: 'switchover', guarded: true });
export const drill = starts({ command: 'drill', mode: 'drill', guarded: true });
/** The older spelling, which scripts may have: it asks nobody and returns when the run has started. */
export const activate = starts({ command: 'activate', mode: 'failover', guarded: false });

function starts(kind: Kind): Command {
  return async (args, output, outside) => {
    const given = readArguments(args, OPTIONS, { least: kind.guarded ? 0 : 1, most: 1 });
    const yes = !kind.guarded || given.flag('yes');
    const config = loadConfig(configFile(given.text('config')));
    const named = namedSite(kind, given.words[0]);
    const apps = namedApps(config, given.texts('app'));
    // A request that would be refused is refused before anybody is asked anything.
    checkRequest(inputOf(kind, named ?? 'dr', given, outside), config, named ?? 'dr');
    canBeAsked(outside, yes, `npx lifeboat ${kind.command}`);
    const asked = kind.guarded ? askMains(outside.network, apps) : Promise.resolve([]);
    const site = named ?? siteByMain(kind, await asked);
    const { region } = config.sites[site];
    const [deployment, mains] = await Promise.all([
      inRegion(region, () => outside.open(config, site)),
      asked,
    ]);
    if (kind.guarded) {
      const ledger = await inRegion(region, () => beforehand(deployment, apps, outside.clock.now())).catch(
        (error: unknown) => {
          if (error instanceof Trouble) return { unknown: error.message };
          throw error;
        },
      );
      const preview = {
        config,
        mode: kind.mode,
        activate: site,
        apps,
        mains,
        ledger,
        now: outside.clock.now(),
      };
      for (const line of previewLines(preview, new Style(output))) output.say(line);
    }
    if (!yes) await confirm(outside, wordFor(config, apps), 'Nothing was started.');
    const input = inputOf(kind, site, given, outside);
    const run = await start(kind, deployment, input, outside);
    return tellAndFollow(kind, { deployment, run, input, config, apps }, given, output, outside);
  };
}

/** The run depends on its own Region only; nothing is asked of the other one. */
async function start(kind: Kind, deployment: Deployment, input: object, outside: Outside): Promise<string> {
  const now = new Date(outside.clock.now()).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  const word = kind.guarded ? kind.command : 'activate';
  const run = `${word}-${now}-${outside.unique()}`;
  try {
    await inRegion(deployment.region, () => startRun(outside.clock, deployment, run, input));
  } catch (error) {
    if (!(error instanceof Trouble) || !error.isSilence) throw error;
    const look = `It is not known whether the run has started. Look: npx lifeboat run ${run}`;
    throw new Trouble('answer', `${error.message} ${look}`, { cause: error });
  }
  return run;
}

interface Started {
  deployment: Deployment;
  run: string;
  input: object;
  config: Config;
  apps: readonly App[];
}

async function tellAndFollow(
  { guarded, mode }: Kind,
  { deployment, run, input, apps }: Started,
  given: Arguments,
  output: Output,
  outside: Outside,
): Promise<ExitCode> {
  const { site, region } = deployment;
  const arn = executionArn(deployment, run);
  const started = { run, executionArn: arn, site, region, mode, input };
  const follows = guarded && !given.flag('no-follow');
  if (!given.json || follows) {
    output.say(`Run ${run} has started in ${region}.`);
    output.say(consoleLink(arn, region));
  }
  if (follows) return followToTheEnd({ deployment, run, apps, json: given.json, started }, output, outside);
  if (given.json) output.json(started);
  else output.say(`To watch: npx lifeboat run ${run} --follow`);
  return 0;
}

function namedSite({ command, site, guarded }: Kind, word: string | undefined): SiteName | undefined {
  if (word === undefined) return site;
  const named = readSite(word, 'The site to activate');
  if (!guarded || site === undefined || site === named) return named;
  const other = named === 'dr' ? 'failover' : 'failback';
  throw new BadUsage(`${command} activates ${site}. For ${named} it is npx lifeboat ${other}.`);
}

/** Without a word it is about the site that main does not point to. */
function siteByMain({ command }: Kind, mains: readonly MainAnswer[]): SiteName {
  const at = commonSite(mains);
  if (at) return otherSite(at);
  const why = mains.map(({ sentence }) => `${sentence}.`).slice(0, 3);
  throw new BadUsage(
    [
      ...why,
      `Say which site it is for: npx lifeboat ${command} dr, or npx lifeboat ${command} primary.`,
    ].join(' '),
  );
}

function namedApps(config: Config, names: readonly string[]): App[] {
  return names.length === 0 ? config.apps : config.apps.filter(({ name }) => names.includes(name));
}

function inputOf(kind: Kind, site: SiteName, { text, texts, flag }: Arguments, { user }: Outside): object {
  const apps = texts('app');
  return {
    activate: site,
    mode: kind.mode,
    reason: text('reason') ?? `started by ${user} with npx lifeboat ${kind.command}`,
    ...(apps.length > 0 ? { apps } : {}),
    ...(flag('accept-old-backup') ? { acceptOldBackup: true } : {}),
  };
}

/** What the workflow would refuse is refused here. */
function checkRequest(input: object, config: Config, site: SiteName): void {
  try {
    parseRequest(input, config, site);
  } catch (error) {
    if (error instanceof Error && error.name === 'BadRequest') throw new BadUsage(error.message);
    throw error;
  }
}
