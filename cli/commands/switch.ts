import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { Route53Client } from '@aws-sdk/client-route-53';
import type { Clock } from '../../core/clock';
import type { App, Config } from '../../core/config';
import { diffOf, type MigrationPlan, migrationPlan } from '../../core/migration';
import { awsCall } from '../../lambdas/adapters/aws/call';
import { loadConfig } from '../../lib/config';
import { checksByApp, OUTPUTS, stackName } from '../../lib/names';
import { GLOBAL_REGION } from '../../lib/stacks';
import { configFile, readArguments } from '../arguments';
import { NotDeployed } from '../deployment';
import { BadUsage, type ExitCode } from '../errors';
import { FailoverPair } from '../failover-pair';
import type { Output } from '../output';
import type { Outside } from '../outside';
import { inRegion } from '../trouble';

const OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string' },
  app: { type: 'string', multiple: true },
  yes: { type: 'boolean' },
} as const;

/** What the command works on. */
export interface SwitchParts {
  /** The calculated check of each app, by the app's name. */
  checks: ReadonlyMap<string, string>;
  pair(app: App): FailoverPair;
}

/** @throws NotDeployed, AwsUnavailable, Forbidden */
export type OpenSwitch = (config: Config, clock: Clock) => Promise<SwitchParts>;

interface Planned {
  app: string;
  main: string;
  plan: MigrationPlan;
  done: boolean;
}

/** Replaces the plain CNAME of each main name by its failover pair, without a moment in which main does not answer. */
export async function switchOver(
  args: string[],
  output: Output,
  { clock }: Pick<Outside, 'clock'>,
  open = openSwitch,
): Promise<ExitCode> {
  const { text, texts, flag, json } = readArguments(args, OPTIONS, { least: 0, most: 0 });
  const [from, to] = [text('from'), text('to')];
  if (from !== 'cname' || to !== 'standby-switch')
    throw new BadUsage('The only way that is built is --from cname --to standby-switch.');
  const config = loadConfig(configFile(text('config')));
  if (config.switch !== to)
    throw new BadUsage(
      `The configuration has switch: ${config.switch}. Write switch: ${to}, and records: by-hand for each app whose main stands already; then deploy ${stackName(config, 'global')}.`,
    );
  const apps = appsOf(config, texts('app'));
  const planned: Planned[] = [];
  await inRegion(GLOBAL_REGION, async () => {
    const parts = await open(config, clock);
    for (const app of apps) planned.push(await work(config, app, parts, flag('yes')));
  });
  if (json) output.json({ from, to, done: flag('yes'), apps: planned });
  else for (const each of planned) tell(each, output);
  const waiting = planned.some(({ plan, done }) => plan.action === 'replace' && !done);
  if (!json && waiting) output.say('Nothing was changed. To do it: the same command with --yes');
  return planned.some(({ plan }) => plan.action === 'refuse') ? 1 : 0;
}

function appsOf(config: Config, names: string[]): App[] {
  const able = config.apps.filter(({ endpoint }) => endpoint?.records === 'by-hand');
  const unknown = names.find(name => !able.some(app => app.name === name));
  if (unknown !== undefined)
    throw new BadUsage(`"${unknown}" is no app with a main name and records: by-hand in the configuration.`);
  if (able.length === 0)
    throw new BadUsage('No app has records: by-hand; the global stack makes the records of all of them.');
  return names.length === 0 ? able : able.filter(({ name }) => names.includes(name));
}

async function work(config: Config, app: App, parts: SwitchParts, yes: boolean): Promise<Planned> {
  const check = parts.checks.get(app.name);
  if (!app.endpoint || !check) {
    throw new NotDeployed(
      `The stack ${stackName(config, 'global')} has no health check for main of ${app.name}. Deploy it: npx cdk deploy ${stackName(config, 'global')}`,
    );
  }
  const { endpoint } = app;
  const pair = parts.pair(app);
  const plan = migrationPlan(endpoint, check, await pair.read(endpoint.main), await pair.votes(check));
  const done = yes && plan.action === 'replace';
  if (plan.action === 'replace' && yes) await pair.replace(plan.remove, plan.create);
  return { app: app.name, main: endpoint.main, plan, done };
}

function tell({ app, plan, done }: Planned, output: Output): void {
  if (plan.action !== 'replace') {
    output.say(`${app}: ${plan.reason}`);
    return;
  }
  output.say(`${app}: one batch, which Route 53 takes as a whole or not at all`);
  for (const line of diffOf(plan)) output.say(`  ${line}`);
  if (done) output.say(`${app}: done. main answers as before, and moves by the objects from now on.`);
}

const openSwitch: OpenSwitch = async (config, clock) => {
  const name = stackName(config, 'global');
  const client = new CloudFormationClient({ region: GLOBAL_REGION, maxAttempts: 1 });
  const { Stacks } = await awsCall(clock, `CloudFormation DescribeStacks ${name}`, 5000, abort =>
    client.send(new DescribeStacksCommand({ StackName: name }), abort),
  ).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'ValidationError')
      throw new NotDeployed(
        `There is no stack ${name} in ${GLOBAL_REGION}. Deploy it: npx cdk deploy ${name}`,
      );
    throw error;
  });
  const written = Stacks?.[0]?.Outputs?.find(
    ({ OutputKey }) => OutputKey === OUTPUTS.mainChecks,
  )?.OutputValue;
  const route53 = new Route53Client({ region: GLOBAL_REGION, maxAttempts: 2 });
  return {
    checks: checksByApp(written ?? ''),
    pair: ({ endpoint }) => new FailoverPair(route53, endpoint?.zone.id ?? '', clock),
  };
};
