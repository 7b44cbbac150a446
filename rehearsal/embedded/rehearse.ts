import type { Config, SiteName } from '../../core/config';
import { SITE_NAMES } from '../../core/config';
import type { AppRun } from '../../core/ledger';
import { Documents } from '../../lambdas/adapters/aws/documents';
import { DynamoLedger } from '../../lambdas/adapters/aws/ledger';
import { rbacManifests } from '../../lib/rbac';
import { type Finding, watch } from '../checkers';
import type { Listener } from '../events';
import { differences } from '../expectations';
import { notificationsOf, outcomeOf, runsTold, wordsOf } from '../messages';
import type { Report, RunReport } from '../report';
import { CannotAct, type Scenario } from '../scenario';
import { underSwitch } from '../switches';
import type { Execution } from './asl';
import { atHomeInDr } from './at-home-in-dr';
import type { SnsMessage } from './aws/sns';
import { Night } from './cloud/night';
import { synthesize } from './cloud/synthesize';
import { describe } from './describe';
import { Director } from './director';
import type { Manifest } from './kubernetes/manifests';
import type { KubeObject } from './kubernetes/object';
import { appReport } from './measure';
import { notServed } from './not-served';
import { tellEvents } from './tell';

export interface Rehearsal {
  config: Config;
  scenario: Scenario;
  manifests: Record<SiteName, readonly Manifest[]>;
  /** For people: where the manifests came from. */
  from: Record<SiteName, string>;
  listener: Listener;
}

/** The guard looks every few seconds all night: of its calls those are reported that change something. */
const ACTS = /^(PATCH|StartExecution|Publish)/;
/** Every rehearsal begins at the same moment, so that two of them can be compared. */
const STARTS_AT = Date.parse('2026-03-29T02:40:00Z');
/** The quiet days before it take less than that. */
const PREPARED_MS = 5 * 60_000;
const SEED = 'lifeboat';
/** A night that has not come to its end by then never will. */
const LONGEST_MS = 12 * 3_600_000;
const SETTLE_MS = 60_000;

/** Plays one scenario. @throws CannotAct when the configuration has not what the scenario needs */
export async function rehearse({
  config: given,
  scenario,
  manifests,
  from,
  listener,
}: Rehearsal): Promise<Report> {
  const wallStart = performance.now();
  const config = underSwitch(
    withTrigger(given, scenario.given.trigger),
    scenario.given.switch,
    scenario.name,
  );
  checkNeeds(config, scenario, manifests.dr);
  const { active } = scenario.given;
  const night = new Night({
    config,
    stacks: synthesize(config),
    manifests: active === 'primary' ? manifests : atHomeInDr(config, manifests),
    rbac: both(site => rbacManifests(config, site) as KubeObject[]),
    active,
    seed: SEED,
    startsAt: STARTS_AT - PREPARED_MS,
  });
  await night.prepare();
  night.notes.push(...(await night.clock.run(notServed(night))));
  await night.clock.advance(STARTS_AT - night.clock.now());
  listener({
    kind: 'scenario',
    at: STARTS_AT,
    name: scenario.name,
    story: scenario.story.trim(),
    manifests: from,
  });
  for (const text of night.notes) listener({ kind: 'note', at: STARTS_AT, text });
  tellEvents(night, listener);
  const director = new Director(night, scenario, action =>
    listener({ kind: 'happens', at: night.clock.now(), text: describe(action, config) }),
  );
  const { checkers, restores } = watch({ night, director });
  const before = new Map(config.apps.map(app => [app.name, night.mainAt(app)[0]]));
  night.begin();
  await night.clock.run(untilQuiet(night, director, scenario), STARTS_AT + LONGEST_MS);

  const messages = allMessages(night);
  const run = lastRun(night, messages);
  const records = run ? await night.clock.run(appRunsOf(night, run.site, run.execution.name)) : [];
  const apps = config.apps.map(app =>
    appReport({
      night,
      app,
      activate: run?.site ?? 'dr',
      before: before.get(app.name),
      outageAt: director.outageAt,
      runStartedAt: run?.execution.startTime ?? STARTS_AT,
      record: records.find(record => record.app === app.name),
    }),
  );
  const report: Report = {
    scenario: scenario.name,
    activate: run?.site ?? 'dr',
    mode: modeOf(run?.execution),
    outcome: outcomeOf(run?.execution.name, messages),
    expected: scenario.expect.outcome,
    asExpected: false,
    differences: [],
    ...wordsOf(records, causeOf(run?.execution)),
    apps,
    notifications: notificationsOf(messages),
    invariants: [...checkers.map(checker => checker.finding()), fakesWereEnough(night)],
    states: statesOf(runsOf(night).map(({ execution }) => execution)),
    runs: runReports(night, messages),
    calls: night.calls.calls
      .filter(({ step, action }) => step !== 'world' && (step !== 'guard' || ACTS.test(action)))
      .map(({ at, step, service, action, region, resource, outcome }) => ({
        at: iso(at),
        step,
        service,
        action,
        region,
        resource,
        outcome,
      })),
    notes: night.notes,
    virtualSeconds: (night.clock.now() - STARTS_AT) / 1000,
    wallSeconds: 0,
  };
  report.differences = differences(scenario, config, report, messages, restores.created.length);
  report.asExpected = report.differences.length === 0 && report.invariants.every(({ holds }) => holds);
  report.wallSeconds = Math.round((performance.now() - wallStart) / 10) / 100;
  return report;
}

function withTrigger(config: Config, trigger: Scenario['given']['trigger']): Config {
  return trigger ? { ...config, apps: config.apps.map(app => ({ ...app, trigger })) } : config;
}

function checkNeeds(config: Config, { name, given }: Scenario, dr: readonly Manifest[]): void {
  const first = config.apps.find(({ endpoint }) => endpoint);
  if (!first) throw new CannotAct(`${name} needs an app with a main name, and the configuration has none.`);
  if (given.needs.includes('data') && !config.apps.some(({ data }) => data)) {
    throw new CannotAct(`${name} is about data, and no app of the configuration has any.`);
  }
  // Of several apps each has a night of its own, and what meets what is another question in each configuration.
  if (given.needs.includes('one app') && config.apps.length > 1) {
    throw new CannotAct(
      `${name} is about a configuration of one app, and this one has ${config.apps.length}.`,
    );
  }
  const cold = dr.some(({ object }) => WORKLOADS.includes(object.kind) && replicasOf(object) === 0);
  if (given.needs.includes('cold standby') && !cold) {
    throw new CannotAct(`${name} is about a standby that is scaled up, and nothing in dr is at 0 replicas.`);
  }
}

const WORKLOADS = ['Deployment', 'StatefulSet'];

function replicasOf({ spec }: KubeObject): unknown {
  return (spec as { replicas?: unknown } | undefined)?.replicas;
}

/** The night is over when the scenario has nothing more to come and no run has been at work for a while. */
async function untilQuiet(night: Night, director: Director, scenario: Scenario): Promise<void> {
  let quietMs = 0;
  const step = 5000;
  const runs = () => SITE_NAMES.flatMap(site => night.sites[site].machine.executions());
  for (;;) {
    await night.clock.sleep(step);
    const quiet = !director.busy && runs().every(({ status }) => status !== 'RUNNING');
    quietMs = quiet ? quietMs + step : 0;
    // After a run there is little to wait for; before the first one there is the whole way of the alarm.
    const patience =
      runs().length >= scenario.expect.runs ? Math.max(SETTLE_MS, scenario.watch * 1000) : 10 * 60_000;
    if (quietMs >= patience) return;
  }
}

interface RunOfSite {
  site: SiteName;
  execution: Execution;
}

function runsOf(night: Night): RunOfSite[] {
  return SITE_NAMES.flatMap(site =>
    night.sites[site].machine.executions().map(execution => ({ site, execution })),
  ).sort((x, y) => x.execution.startTime - y.execution.startTime);
}

/** The last run that on-call heard of; a start that ended at once and told nobody is none. */
function lastRun(night: Night, messages: readonly SnsMessage[]): RunOfSite | undefined {
  const told = runsTold(messages);
  return runsOf(night)
    .filter(({ execution }) => told.has(execution.name))
    .at(-1);
}

function appRunsOf(night: Night, site: SiteName, run: string): Promise<AppRun[]> {
  const { dynamodb } = night.sites[site];
  const documents = new Documents(dynamodb, dynamodb.table.schema.name, night.clock);
  dynamodb.endpoint.state = 'up';
  return new DynamoLedger(documents, night.clock).appRuns(run);
}

function allMessages(night: Night): SnsMessage[] {
  return SITE_NAMES.flatMap(site => night.sites[site].sns.messages).sort((a, b) => a.at - b.at);
}

function modeOf(run: Execution | undefined): string {
  return (run?.input as { mode?: string } | null | undefined)?.mode ?? 'failover';
}

/** Why the execution did not succeed. */
function causeOf(run: Execution | undefined): string | undefined {
  const outcome = run?.outcome;
  return outcome && outcome.status !== 'SUCCEEDED' ? outcome.cause : undefined;
}

function runReports(night: Night, messages: readonly SnsMessage[]): RunReport[] {
  const told = runsTold(messages);
  return runsOf(night).map(({ site, execution }) => ({
    name: execution.name,
    site,
    told: told.has(execution.name),
    states: statesOf([execution]),
  }));
}

function statesOf(executions: readonly Execution[]): string[] {
  return executions
    .flatMap(execution => [execution, ...execution.children])
    .flatMap(({ history }) => history)
    .filter(({ type }) => type.endsWith('StateEntered'))
    .sort((a, b) => a.timestamp - b.timestamp)
    .map(({ details }) => String(details.name));
}

/** A fake that was asked something that it does not do must not pass for a quiet night. */
function fakesWereEnough(night: Night): Finding {
  const beyond = night.calls.calls.filter(
    ({ outcome }) => outcome === 'FakeLimit' || outcome === 'UnsupportedByFake',
  );
  const undelivered = night.bridge.failures.filter(({ problem }) => !problem.includes('is lost'));
  const problems = [
    ...beyond.map(
      ({ step, service, action }) => `${step} asked ${service} ${action}, which the fake does not do`,
    ),
    ...undelivered.map(({ rule, problem }) => `rule ${rule} could not deliver: ${problem}`),
  ];
  const holds = problems.length === 0;
  return {
    id: 'fakes',
    holds,
    evidence: holds ? 'every call was one that the fakes know' : problems.slice(0, 3).join('; '),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function both<T>(make: (site: SiteName) => T): Record<SiteName, T> {
  return { primary: make('primary'), dr: make('dr') };
}
