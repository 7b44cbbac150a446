import { SITE_NAMES, type SiteName } from '../../../core/config';
import type { StepName } from '../../../core/phases';
import { rbacManifests } from '../../../lib/rbac';
import { type Checker, type Finding, type Restores, watch } from '../../../rehearsal/checkers';
import type { Execution } from '../../../rehearsal/embedded/asl';
import { atHomeInDr } from '../../../rehearsal/embedded/at-home-in-dr';
import { Night } from '../../../rehearsal/embedded/cloud/night';
import { synthesize } from '../../../rehearsal/embedded/cloud/synthesize';
import type { DeployedStack } from '../../../rehearsal/embedded/cloud/template';
import { Director } from '../../../rehearsal/embedded/director';
import type { KubeObject } from '../../../rehearsal/embedded/kubernetes/object';
import type { Scenario } from '../../../rehearsal/scenario';
import { type Example, scenario as story } from './examples';

const STARTS_AT = Date.parse('2026-03-29T02:40:00Z');
const PREPARED_MS = 5 * 60_000;
const LONGEST_MS = 3 * 3_600_000;

export interface PlayOptions extends Example {
  scenario?: Scenario;
  /** What is applied to the clusters instead of Lifeboat's RBAC. */
  rbac?: (objects: KubeObject[], site: SiteName) => KubeObject[];
  /** What is deployed instead of the stacks. */
  stacks?: (stacks: Record<SiteName | 'global', DeployedStack>) => Record<SiteName | 'global', DeployedStack>;
}

export interface OpenNight {
  night: Night;
  director: Director;
  checkers: Checker[];
  restores: Restores;
  /** What a checker says of the night so far. */
  finding(id: string): Finding;
  /** Ids of the invariants that are broken so far, with their evidence. */
  broken(): string[];
}

/** A night under the eyes of the checkers, before anything of it has happened. */
export async function openNight(options: PlayOptions): Promise<OpenNight> {
  const { config, manifests, scenario = story([]), rbac = objects => objects } = options;
  const { active } = scenario.given;
  const both = <T>(make: (site: SiteName) => T) => ({ primary: make('primary'), dr: make('dr') });
  const night = new Night({
    config,
    stacks: (options.stacks ?? (stacks => stacks))(synthesize(config)),
    manifests: active === 'primary' ? manifests : atHomeInDr(config, manifests),
    rbac: both(site => rbac(rbacManifests(config, site) as KubeObject[], site)),
    active,
    seed: 'test',
    startsAt: STARTS_AT - PREPARED_MS,
  });
  await night.prepare();
  await night.clock.advance(STARTS_AT - night.clock.now());
  const director = new Director(night, scenario, () => undefined);
  const { checkers, restores } = watch({ night, director });
  const finding = (id: string) => {
    const checker = checkers.find(each => each.id === id);
    if (!checker) throw new Error(`There is no checker ${id}.`);
    return checker.finding();
  };
  const broken = () => [
    ...checkers
      .map(checker => checker.finding())
      .filter(({ holds }) => !holds)
      .map(({ id, evidence }) => `${id}: ${evidence}`),
    ...beyondTheFakes(night),
  ];
  return { night, director, checkers, restores, finding, broken };
}

/** What was asked of the fakes that they do not do. */
function beyondTheFakes(night: Night): string[] {
  const calls = night.calls.calls.filter(({ outcome }) =>
    ['FakeLimit', 'UnsupportedByFake'].includes(outcome),
  );
  return [
    ...calls.map(({ step, service, action }) => `${step} asked ${service} ${action}`),
    ...night.bridge.failures
      .filter(({ problem }) => !problem.includes('is lost'))
      .map(({ rule, problem }) => `rule ${rule}: ${problem}`),
  ];
}

export interface Played extends OpenNight {
  /** The runs that on-call heard of, in the order in which they began. */
  runs: Execution[];
  /** The last word that on-call heard of a run. */
  outcome: string;
  /** The `event` attributes of on-call's messages, in order. */
  told: string[];
  /** The texts of on-call's messages, one after the other. */
  text: string;
  main: (SiteName | undefined)[];
  /** Changes of main that Route 53 took, or S3. */
  swaps: number;
}

/** Plays a scenario as `rehearse` does, and hands out the world in which it was played. */
export async function play(
  options: PlayOptions & { scenario: Scenario; withNight?: (open: OpenNight) => void },
): Promise<Played> {
  const open = await openNight(options);
  const { night } = open;
  options.withNight?.(open);
  night.begin();
  await night.clock.run(untilQuiet(open, options.scenario), STARTS_AT + LONGEST_MS);
  const messages = SITE_NAMES.flatMap(site => night.sites[site].sns.messages).sort((a, b) => a.at - b.at);
  const heardOf = new Set(messages.map(({ attributes }) => attributes.run));
  const [app] = night.config.apps;
  const ends = messages.filter(({ attributes }) => ENDS.includes(attributes.event ?? ''));
  return {
    ...open,
    runs: executions(night)
      .filter(({ name }) => heardOf.has(name))
      .sort((a, b) => a.startTime - b.startTime),
    outcome: ends.at(-1)?.attributes.event ?? 'none',
    told: messages.flatMap(({ attributes }) => attributes.event ?? []),
    text: messages.map(({ text }) => text).join('\n'),
    main: app ? night.mainAt(app) : [],
    swaps: night.calls.calls.filter(
      ({ step, action, outcome }) =>
        step === 'flip' && ['ChangeResourceRecordSets', 'PutObject'].includes(action) && outcome === 'ok',
    ).length,
  };
}

const ENDS = ['succeeded', 'refused', 'rolled-back', 'needs-attention'];

function executions(night: Night): Execution[] {
  return SITE_NAMES.flatMap(site => night.sites[site].machine.executions());
}

async function untilQuiet({ night, director }: OpenNight, scenario: Scenario): Promise<void> {
  let quietMs = 0;
  const step = 5000;
  for (;;) {
    await night.clock.sleep(step);
    const runs = executions(night);
    const quiet = !director.busy && runs.every(({ status }) => status !== 'RUNNING');
    quietMs = quiet ? quietMs + step : 0;
    if (quietMs >= (runs.length >= scenario.expect.runs ? scenario.watch * 1000 : 600_000)) return;
  }
}

/** Does something right before the first call of this kind that a step of a run makes. */
export function onFirst(night: Night, step: StepName, action: string, work: () => void): void {
  const record = night.calls.record.bind(night.calls);
  let done = false;
  night.calls.record = (call, send) =>
    record(call, () => {
      const entry = night.calls.calls.at(-1);
      if (!done && entry?.run !== undefined && entry.step === step && call.action === action) {
        done = true;
        work();
      }
      return send();
    });
}
