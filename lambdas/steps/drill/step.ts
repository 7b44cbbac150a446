import type { Data } from '../../../core/config';
import { dnsDiff, mappingOf } from '../../../core/drill';
import { NotFound } from '../../../core/errors';
import { beginPhase, endPhase, waitInPhase } from '../../../core/ledger';
import type { AppInput, StepResult } from '../../../core/run';
import type { Cluster } from '../../adapters/kubernetes/cluster';
import type { Velero } from '../../adapters/kubernetes/velero';
import { authoritativeAnswers } from '../../adapters/network/authoritative';
import type { Deps } from '../../runtime/wire';
import { type AppContext, appStep, type Progress } from '../app-step';
import { restorePart } from './restore';
import { scalePart } from './scale';
import { verifyPart } from './verify';

/**
 * Instead of the steps 5 to 10: everything but the flip, in scratch namespaces of the target. It never touches the app's
 * own namespaces, the other site, or main.
 */
export function drillStep(deps: Deps, input: AppInput): Promise<StepResult> {
  return appStep(deps, input, 'drill', drill);
}

/** What the parts of a drill work with. */
export interface DrillContext extends AppContext {
  data: Data;
  cluster: Cluster;
  velero: Velero;
  mapping: Record<string, string>;
  /** The scratch namespaces. */
  scratch: string[];
}

const PARTS = [
  ['restore', restorePart],
  ['scale', scalePart],
  ['verify', verifyPart],
] as const;

async function drill(context: AppContext): Promise<Progress> {
  const { deps, app, input } = context;
  if (!app.data) throw new NotFound(`${app.name} has no data: there is no backup that a drill could bring.`);
  const cluster = await deps.cluster(input.run.activate);
  const mapping = mappingOf(deps.config, app);
  const drilled: DrillContext = {
    ...context,
    data: app.data,
    cluster,
    velero: deps.velero(cluster, app),
    mapping,
    scratch: Object.values(mapping),
  };
  for (const [phase, work] of PARTS) {
    const waitsFor = await part(drilled, phase, work);
    if (waitsFor) return { word: 'waiting', detail: waitsFor };
  }
  const diff = app.endpoint
    ? dnsDiff(
        app.endpoint,
        input.run.activate,
        await authoritativeAnswers(deps.network, app.endpoint.zone, app.endpoint.main),
      )
    : [];
  return {
    word: 'done',
    detail: `${app.name} works in ${drilled.scratch.join(', ')}. A real flip: ${diff.join('; ') || 'it has no main name'}.`,
    change: record => ({ ...record, dnsDiff: diff }),
  };
}

/**
 * One part under a phase of its own, so that the report has its time.
 * @param work gives what it waits for, or undefined when it is done
 */
async function part(
  context: DrillContext,
  phase: (typeof PARTS)[number][0],
  work: (context: DrillContext) => Promise<string | undefined>,
): Promise<string | undefined> {
  const { deps, app, input, record } = context;
  if (record.phases[phase]?.endedAt !== undefined) return undefined;
  const change = (to: (now: typeof record) => typeof record) =>
    deps.ledger.changeAppRun(input.run.id, app.name, now => to(now ?? record));
  const begun = await change(now => beginPhase(now, phase, deps.clock.now()));
  const startedAt = begun.phases[phase]?.startedAt ?? deps.clock.now();
  const waitsFor = await work({ ...context, record: begun, startedAt });
  await change(now =>
    waitsFor
      ? waitInPhase(now, phase, waitsFor, deps.clock.now())
      : endPhase(now, phase, 'done', `Done in ${context.scratch.join(', ')}.`, deps.clock.now()),
  );
  return waitsFor;
}
