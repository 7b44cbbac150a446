import { type Assessment, assess, follow } from '../../../core/assessment';
import { startCommand } from '../../../core/commands';
import type { App } from '../../../core/config';
import { NotFound } from '../../../core/errors';
import { type AppRun, beginPhase, endPhase, type RunRecord, waitInPhase } from '../../../core/ledger';
import { type AssessResult, otherSite, type RunInput } from '../../../core/run';
import { SAMPLE_SECONDS, type Sample } from '../../../core/verdict';
import { mapBounded } from '../../adapters/concurrency';
import type { Deps } from '../../runtime/wire';
import { appOf } from '../app-step';
import { refuseApp } from '../end-app';
import { sampleCluster, sampleSite } from '../looking';

const AT_ONCE = 20;

/**
 * Step 2. Takes one sample of the site that is left, and decides app by app: go, stay, or look again.
 */
export async function assessStep(deps: Deps, { run }: RunInput): Promise<AssessResult> {
  const record = await deps.ledger.run(run.id);
  if (!record) throw new NotFound(`The ledger has no run ${run.id}. Start it again.`);
  const open = (await deps.ledger.appRuns(run.id)).filter(({ end }) => !end);
  const site = otherSite(run.activate);
  const cluster = await sampleCluster(deps, site);
  const sampled = await mapBounded(open, AT_ONCE, appRun => sampleApp(deps, run.id, appRun, cluster));
  const decisions = decide(deps, record, sampled);
  await mapBounded(sampled, AT_ONCE, appRun =>
    writeDown(deps, record, appRun, decisions.get(appRun.app), cluster),
  );
  const words = [...decisions.values()].map(({ word }) => word);
  const undecided = sampled.length - words.filter(word => word !== 'look-again').length;
  const apps = sampled.map(({ app }) => app).filter(app => decisions.get(app)?.word !== 'stay');
  return {
    done: undecided === 0,
    waitSeconds: undecided === 0 ? 0 : SAMPLE_SECONDS,
    apps,
    detail:
      undecided === 0
        ? `${apps.length} of ${sampled.length} apps go on.`
        : `Looks at ${site} again: ${undecided} of ${sampled.length} apps are not clear yet.`,
  };
}

async function sampleApp(deps: Deps, runId: string, { app: name }: AppRun, cluster: Sample): Promise<AppRun> {
  await deps.ledger.renewLease(name, runId);
  const app = appOf(deps, name);
  const sample = app.endpoint ? await sampleSite(deps, app, app.endpoint, otherSite(deps.site)) : cluster;
  return deps.ledger.changeAppRun(runId, name, now => {
    if (!now) throw new NotFound(`The ledger has no record of ${name} in run ${runId}.`);
    return { ...beginPhase(now, 'assess', deps.clock.now()), samples: [...now.samples, sample] };
  });
}

function decide(deps: Deps, { run }: RunRecord, sampled: readonly AppRun[]): Map<string, Assessment> {
  const person = run.startedBy === 'person';
  const decisions = new Map<string, Assessment>();
  const undecided = new Map(sampled.map(({ app, samples }) => [app, samples]));
  for (const [name, samples] of undecided) {
    const app = appOf(deps, name);
    if (person || !follows(app, undecided)) decisions.set(name, assess(app, person, samples));
  }
  // Followers of followers: as many rounds as there can be links in a chain.
  for (let round = 0; round < undecided.size && decisions.size < undecided.size; round++) {
    for (const name of undecided.keys()) {
      if (decisions.has(name)) continue;
      const firstOnes = firstOf(appOf(deps, name), undecided).map(app => ({
        app,
        assessment: decisions.get(app),
      }));
      const followed = follow(firstOnes);
      if (followed) decisions.set(name, followed);
    }
  }
  return decisions;
}

function follows(app: App, inRun: ReadonlyMap<string, unknown>): boolean {
  return !app.endpoint && firstOf(app, inRun).length > 0;
}

function firstOf(app: App, inRun: ReadonlyMap<string, unknown>): string[] {
  return app.after.filter(name => inRun.has(name));
}

async function writeDown(
  deps: Deps,
  { run }: RunRecord,
  { app }: AppRun,
  decision: Assessment | undefined,
  cluster: Sample,
): Promise<void> {
  const now = deps.clock.now();
  const reasons = decision?.verdict.reasons.join(' ') ?? 'Waits for the verdict on the apps that come first.';
  await deps.ledger.changeAppRun(run.id, app, record => {
    if (!record) throw new NotFound(`The ledger has no record of ${app} in run ${run.id}.`);
    if (!decision || decision.word === 'look-again') return waitInPhase(record, 'assess', reasons, now);
    const outcome = decision.word === 'go' ? 'done' : 'failed';
    return { ...endPhase(record, 'assess', outcome, reasons, now), verdict: decision.verdict };
  });
  if (decision?.word !== 'stay') return;
  const verdict =
    decision.verdict.word === 'healthy'
      ? 'is healthy'
      : 'cannot be judged with certainty, and that is not down';
  const site = otherSite(run.activate);
  await refuseApp(
    deps,
    run.id,
    app,
    [
      `${app} on ${site} ${verdict}. ${reasons}`,
      ...(cluster.seen === 'bad' ? [`But look at this: ${cluster.detail}.`] : []),
    ],
    startCommand(run, app),
    decision.verdict.word === 'healthy',
  );
}
