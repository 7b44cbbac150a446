import {
  type Admission,
  type AdmissionFacts,
  admit,
  type RefusalCause,
  staysQuiet,
} from '../../../core/admission';
import { runCommand, startCommand } from '../../../core/commands';
import type { App } from '../../../core/config';
import { NotFound, WriteConflict } from '../../../core/errors';
import { type AppRun, NEW_APP_RUN, type RunRecord } from '../../../core/ledger';
import { parseRequest, type Request } from '../../../core/request';
import type { AdmitInput, AdmitResult, Run } from '../../../core/run';
import { mapBounded } from '../../adapters/concurrency';
import { drilling } from '../../runtime/scope';
import type { Deps } from '../../runtime/wire';
import { mainAt } from '../looking';

const AT_ONCE = 10;
const PHASE = 'admit';

/**
 * Step 1. Reads the request and takes the lease of each app that may move, or writes down why it may not.
 * @throws BadRequest before anything is touched
 */
export async function admitStep(given: Deps, input: AdmitInput): Promise<AdmitResult> {
  const request = parseRequest(input.input, given.config, given.site);
  const deps = request.mode === 'drill' ? drilling(given) : given;
  const apps = deps.config.apps.filter(app => !request.apps || request.apps.includes(app.name));
  const run = runOf(input, request, apps);
  // The record stands before the first lease: who finds a lease taken can read what its run is up to.
  await deps.ledger.changeRun(run.id, now => now ?? newRecord(run, request));
  const joined = new Set<string>();
  const decisions = await admitAll(deps, run, apps, joined);
  for (const id of joined) await countJoined(deps, id);
  const taken = decisions.filter(({ admitted: is }) => is).map(({ app }) => app);
  if (run.startedBy !== 'person' && taken.length > 0) await noteOutage(deps, run, request, taken);
  const causes = decisions.flatMap(({ cause }) => cause ?? []);
  if (taken.length === 0 && (await keepQuiet(deps, run, causes))) {
    await deps.ledger.changeRun(run.id, now => ({ ...(now ?? newRecord(run, request)), quiet: true }));
  }
  return { run: { id: run.id, activate: run.activate }, apps: taken };
}

/**
 * The guard shall know the run that somebody's own monitoring started: the outage has its answer then, and nobody is asked
 * twice. The guard's own starts stand there already, and so do apps that this run was refused.
 */
async function noteOutage(deps: Deps, run: Run, { reason }: Request, apps: string[]): Promise<void> {
  const { id, activate, startedBy, startedAt: at } = run;
  await deps.ledger.changeOutage(now =>
    now?.run === id
      ? now
      : {
          run: id,
          input: { activate, startedBy, reason },
          at,
          apps: [...new Set([...(now?.apps ?? []), ...apps])],
        },
  );
}

async function keepQuiet(deps: Deps, run: Run, causes: readonly RefusalCause[]): Promise<boolean> {
  const now = deps.clock.now();
  const quiet = staysQuiet(run, causes, await deps.ledger.refusalToldAt(), now);
  if (!quiet && run.startedBy !== 'person') await deps.ledger.saveRefusalTold(now);
  return quiet;
}

/**
 * The first app alone: who gets it gets the others too, and two runs that start at once do not share the apps between
 * them. Workers last: an alarm is about apps that are called, and moves no worker for itself.
 */
async function admitAll(
  deps: Deps,
  run: Run,
  apps: readonly App[],
  joined: Set<string>,
): Promise<Decision[]> {
  const [first, ...rest] = apps.filter(({ endpoint }) => endpoint);
  const workers = apps.filter(({ endpoint }) => !endpoint);
  const called = first
    ? [
        await admitApp(deps, run, first, joined),
        ...(await mapBounded(rest, AT_ONCE, app => admitApp(deps, run, app, joined))),
      ]
    : [];
  const alone = run.startedBy !== 'person' && called.length > 0 && called.every(({ admitted: is }) => !is);
  const cause = called.find(({ cause: why }) => why)?.cause ?? 'already-there';
  return [
    ...called,
    ...(await mapBounded(workers, AT_ONCE, worker =>
      alone ? stayBehind(deps, run, worker, cause) : admitApp(deps, run, worker, joined),
    )),
  ];
}

async function stayBehind(deps: Deps, run: Run, app: App, cause: RefusalCause): Promise<Decision> {
  const refusal = {
    admitted: false as const,
    cause,
    reason: 'No app that is called moves in this run.',
    next: startCommand(run, app.name),
  };
  await deps.ledger.changeAppRun(
    run.id,
    app.name,
    record => record ?? refused(app, refusal, {}, deps.clock.now()),
  );
  return { app: app.name, admitted: false, cause };
}

interface Decision {
  app: string;
  admitted: boolean;
  cause?: RefusalCause;
}

async function admitApp(deps: Deps, run: Run, app: App, joined: Set<string>): Promise<Decision> {
  const now = deps.clock.now();
  const facts = await factsFor(deps, app);
  const decision = (await inScopeOfHolder(deps, run, app, facts, joined)) ?? admit(app, run, facts, now);
  if (!decision.admitted) {
    if (decision.cause === 'already-running' && facts.lease) joined.add(facts.lease.runId);
    await deps.ledger.changeAppRun(run.id, app.name, record => record ?? refused(app, decision, facts, now));
    return { app: app.name, admitted: false, cause: decision.cause };
  }
  try {
    await deps.ledger.takeLease(app.name, run, facts.lease);
  } catch (error) {
    if (!(error instanceof WriteConflict)) throw error;
    // Somebody was quicker between our look and our grab: look again, and be told who.
    return admitApp(deps, run, app, joined);
  }
  await deps.ledger.changeAppRun(
    run.id,
    app.name,
    record => record ?? admitted(app, decision.notes, facts, now),
  );
  return { app: app.name, admitted: true };
}

/** Another run of this direction that was asked for the app too will take it, even if it has not got its lease yet. */
async function inScopeOfHolder(
  deps: Deps,
  run: Run,
  app: App,
  facts: AdmissionFacts,
  joined: Set<string>,
): Promise<Admission | undefined> {
  if (facts.lease) return undefined;
  for (const id of joined) {
    const holder = await deps.ledger.run(id);
    if (holder?.run.activate !== run.activate || !holder.run.apps.includes(app.name)) continue;
    return {
      admitted: false,
      cause: 'already-running',
      reason: `Run ${id} is already activating ${run.activate} and has ${app.name} on its list.`,
      next: runCommand(id),
    };
  }
  return undefined;
}

async function factsFor(deps: Deps, app: App): Promise<AdmissionFacts> {
  const { ledger } = deps;
  const [pause, lease, activation, at] = await Promise.all([
    ledger.pause(),
    ledger.lease(app.name),
    ledger.activation(app.name),
    app.endpoint ? mainAt(deps.network, app.endpoint) : undefined,
  ]);
  return {
    ...(pause ? { pause } : {}),
    ...(lease ? { lease, holder: await deps.executions.holder(lease.executionArn) } : {}),
    ...(activation ? { activation } : {}),
    ...(at ? { mainAt: at } : {}),
  };
}

/** Counts this start at a run that it found at work: that run's last message tells of it. */
async function countJoined(deps: Deps, id: string): Promise<void> {
  await deps.ledger.changeRun(id, now => {
    if (!now) throw new NotFound(`The ledger has no run ${id}, which holds a lease.`);
    return { ...now, joined: now.joined + 1 };
  });
}

function runOf({ execution }: AdmitInput, request: Request, apps: readonly App[]): Run {
  return {
    id: execution.Name,
    executionArn: execution.Id,
    activate: request.activate,
    mode: request.mode,
    startedBy: request.startedBy,
    reason: request.reason,
    startedAt: Date.parse(execution.StartTime),
    apps: apps.map(app => app.name),
  };
}

function newRecord(run: Run, request: Request): RunRecord {
  return { run, acceptOldBackup: request.acceptOldBackup, dependencies: [], joined: 0 };
}

function admitted(app: App, notes: string[], facts: AdmissionFacts, now: number): AppRun {
  return {
    ...NEW_APP_RUN,
    app: app.name,
    notes,
    phases: { [PHASE]: { startedAt: now, endedAt: now, outcome: 'done', detail: 'Took the lease.' } },
    ...(facts.mainAt ? { mainBefore: facts.mainAt } : {}),
  };
}

function refused(
  app: App,
  decision: Admission & { admitted: false },
  facts: AdmissionFacts,
  now: number,
): AppRun {
  const { reason, next } = decision;
  return {
    ...NEW_APP_RUN,
    app: app.name,
    phases: { [PHASE]: { startedAt: now, endedAt: now, outcome: 'failed', detail: reason } },
    ...(facts.mainAt ? { mainBefore: facts.mainAt } : {}),
    end: {
      at: now,
      outcome: 'refused',
      reasons: [reason],
      next,
      ...(decision.cause === 'already-there' ? { nothingToDo: true } : {}),
    },
  };
}
