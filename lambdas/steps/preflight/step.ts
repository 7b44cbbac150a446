import { type Activation, opened } from '../../../core/admission';
import { startCommand } from '../../../core/commands';
import type { App } from '../../../core/config';
import { ClusterUnreachable, NotFound } from '../../../core/errors';
import { type AppRun, endPhase, type RunRecord } from '../../../core/ledger';
import { dependencyFindings, type Finding, preflight, type TargetFacts } from '../../../core/preflight';
import { otherSite, type PreflightResult, type Run, type RunInput } from '../../../core/run';
import { otherSiteFindings } from '../../../core/switchover';
import { mapBounded } from '../../adapters/concurrency';
import type { Deps } from '../../runtime/wire';
import { appOf } from '../app-step';
import { askDependencies } from '../dependencies';
import { refuseApp } from '../end-app';
import { type ClusterFacts, clusterFacts, targetFacts } from '../target-facts';
import { otherSiteFacts, rememberOtherSite } from './other-site';

const AT_ONCE = 8;

/**
 * Step 3. Looks whether the target can take each app, and opens the activations of those that it can take. Nothing
 * on either site is changed.
 */
export async function preflightStep(deps: Deps, { run }: RunInput): Promise<PreflightResult> {
  const record = await deps.ledger.run(run.id);
  if (!record) throw new NotFound(`The ledger has no run ${run.id}. Start it again.`);
  const open = (await deps.ledger.appRuns(run.id)).filter(({ end }) => !end);
  const startedAt = deps.clock.now();
  const [known, dependencies] = await Promise.all([clusterFacts(deps, run.activate), askDependencies(deps)]);
  if ('unreachable' in known) await askAgainForAWhile(deps, record, known.unreachable);
  await rememberOtherSite(
    deps,
    open.map(({ app }) => appOf(deps, app)),
  );
  await deps.ledger.changeRun(run.id, now => ({
    ...(now ?? record),
    dependencies: dependencyFindings(dependencies),
  }));
  const went = await mapBounded(open, AT_ONCE, appRun => checkApp(deps, record, appRun, known, startedAt));
  const apps = went.filter(appRun => !appRun.end);
  return {
    apps: apps.map(({ app }) => app),
    approvals: apps.filter(({ needsApproval }) => needsApproval).map(({ app }) => app),
    approvalTimeoutSeconds: deps.config.approval.timeoutSeconds,
    detail: `${run.activate} can take ${apps.length} of ${open.length} apps.`,
  };
}

/** One bad answer in the only run of the night must not end it: the workflow asks again before the target counts as silent. */
const PATIENCE_MS = 20_000;

/** @throws ClusterUnreachable, which the workflow tries again, until the target has been silent for a while */
async function askAgainForAWhile(deps: Deps, record: RunRecord, why: string): Promise<void> {
  const now = deps.clock.now();
  const { silentSince = now } = await deps.ledger.changeRun(record.run.id, current => ({
    ...(current ?? record),
    silentSince: current?.silentSince ?? now,
  }));
  if (now - silentSince < PATIENCE_MS) throw new ClusterUnreachable(why);
}

async function checkApp(
  deps: Deps,
  { run, acceptOldBackup }: RunRecord,
  appRun: AppRun,
  known: ClusterFacts | { unreachable: string },
  startedAt: number,
): Promise<AppRun> {
  const app = appOf(deps, appRun.app);
  await deps.ledger.renewLease(app.name, run.id);
  const facts = await targetFacts(deps, app, run.activate, known, acceptOldBackup);
  const leave = otherSite(run.activate);
  const seen = preflight(app, run.activate, deps.config.sites[leave].region, facts, deps.clock.now());
  const findings =
    run.mode === 'switchover'
      ? [
          ...withoutBackup(seen, facts),
          ...otherSiteFindings(app, leave, await otherSiteFacts(deps, app, leave)),
        ]
      : [...seen, ...drillFindings(app, run)];
  const errors = findings.filter(({ level }) => level === 'error');
  return errors.length > 0
    ? notReady(deps, run, appRun, errors, facts, startedAt)
    : ready(deps, run, app, findings, facts, startedAt);
}

/** A switchover brings a backup of its own. That none has ever come here is worth a word, and no refusal. */
function withoutBackup(findings: readonly Finding[], { backup }: TargetFacts): Finding[] {
  const others = findings.filter(({ check }) => check !== 'backup');
  if (backup?.ok !== false || backup.cause !== 'none') return others;
  const detail = `${backup.reason} The last one of this switchover will be the first that comes here.`;
  return [...others, { check: 'backup', level: 'warning', detail }];
}

async function notReady(
  deps: Deps,
  run: Run,
  { app }: AppRun,
  errors: Finding[],
  facts: TargetFacts,
  startedAt: number,
): Promise<AppRun> {
  const reasons = errors.map(({ check, detail }) => `${check}: ${detail}`);
  await deps.ledger.changeAppRun(run.id, app, record => {
    if (!record) throw new NotFound(`The ledger has no record of ${app} in run ${run.id}.`);
    return endPhase(begun(record, startedAt), 'preflight', 'failed', reasons.join(' '), deps.clock.now());
  });
  const stale = facts.backup?.ok === false && facts.backup.cause === 'stale' && errors.length === 1;
  const next = `${startCommand(run, app)}${stale ? ' --accept-old-backup' : ''}`;
  const nothingToDo = run.mode === 'drill' && !appOf(deps, app).data;
  return refuseApp(deps, run.id, app, [notReadyWords(run, app, errors), ...reasons], next, nothingToDo);
}

/** What a drill brings comes from a backup; the pods of a stateless app stand in the standby's own namespaces. */
function drillFindings({ name, data }: App, { mode }: Run): Finding[] {
  if (mode !== 'drill' || data) return [];
  return [
    {
      check: 'backup',
      level: 'error',
      detail: `${name} has no data: there is no backup that a drill could bring.`,
    },
  ];
}

function notReadyWords({ activate }: Run, app: string, errors: readonly Finding[]): string {
  const elsewhere = errors.every(({ check }) => check === 'other-site');
  return elsewhere ? `${app} cannot be moved without loss.` : `${activate} is not ready for ${app}.`;
}

async function ready(
  deps: Deps,
  run: Run,
  app: App,
  findings: Finding[],
  { backup }: TargetFacts,
  startedAt: number,
): Promise<AppRun> {
  const now = deps.clock.now();
  const activation = await deps.ledger.changeActivation(app.name, current => opened(current, run, now));
  return deps.ledger.changeAppRun(run.id, app.name, record => {
    if (!record) throw new NotFound(`The ledger has no record of ${app.name} in run ${run.id}.`);
    const warnings = findings.map(({ check, detail }) => `${check}: ${detail}`);
    return {
      ...endPhase(
        begun(record, startedAt),
        'preflight',
        'done',
        warnings.join(' ') || 'The target is ready.',
        now,
      ),
      activationId: activation.id,
      needsApproval: app.trigger === 'approval' && run.startedBy !== 'person',
      notes: [...new Set([...record.notes, ...warnings])],
      // What a switchover restores is made on the way.
      ...backupOf(activation, run.mode === 'switchover' ? undefined : backup),
    };
  });
}

/** What the run restores: what the activation has restored already, else the choice of this preflight. */
function backupOf({ restore }: Activation, choice: TargetFacts['backup']): Pick<AppRun, 'backup'> {
  if (restore) return { backup: { name: restore.backup, takenAt: restore.takenAt } };
  return choice?.ok ? { backup: { name: choice.name, takenAt: choice.takenAt } } : {};
}

function begun(record: AppRun, startedAt: number): AppRun {
  return { ...record, phases: { ...record.phases, preflight: { startedAt, detail: '' } } };
}
