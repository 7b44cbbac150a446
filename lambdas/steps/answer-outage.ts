import { isAnswered, joined, type Outage, opened, type Report, withWorkers } from '../../core/outage';
import type { Deps } from '../runtime/wire';

/** What became of a report: its run was started, is at work already, or has been and gone. */
export interface Answer {
  word: 'started' | 'joined' | 'answered';
  run: string;
}

/**
 * Starts the activation that a report asks for, once for each outage: whoever comes first writes the outage into the
 * ledger, and everybody starts the run of the name and input that stand there. That may be said again at any time: a
 * Lambda that was cut between the record and the start leaves nothing undone.
 */
export async function answerOutage(deps: Deps, report: Report): Promise<Answer> {
  const { ledger, executions, clock } = deps;
  const seen = await ledger.outage();
  if (seen && seen.endedAt === undefined) {
    if ((await executions.start(seen.run, seen.input)) === 'at-work') return join(deps, seen, report);
    const at = clock.now();
    await ledger.changeOutage(now =>
      now?.run === seen.run ? { ...now, endedAt: now.endedAt ?? at } : (now ?? seen),
    );
    return answerOutage(deps, report);
  }
  if (seen && isAnswered(seen, report, coolDownOf(deps, report), clock.now())) {
    return { word: 'answered', run: seen.run };
  }
  return open(deps, seen, opened(report, clock.now()), report);
}

/** Its run is at work. An app that the run has done with already, since it was well then, gets a run of its own. */
async function join(deps: Deps, seen: Outage, report: Report): Promise<Answer> {
  const strangers = report.apps.filter(app => !seen.apps.includes(app));
  const parts = await Promise.all(strangers.map(app => deps.ledger.appRun(seen.run, app)));
  const left = parts.flatMap(part => (part?.end ? part.app : []));
  if (left.length > 0) {
    const only = withWorkers(deps.config.apps, left);
    return open(deps, seen, opened(report, deps.clock.now(), { outage: seen, only }), report);
  }
  await deps.ledger.changeOutage(now => (now?.run === seen.run ? joined(now, report.apps) : (now ?? seen)));
  return { word: 'joined', run: seen.run };
}

async function open(deps: Deps, seen: Outage | undefined, mine: Outage, report: Report): Promise<Answer> {
  const standing = await deps.ledger.changeOutage(now => (now?.run === seen?.run ? mine : (now ?? mine)));
  // Somebody was quicker: theirs is the run, if it is about this outage.
  if (standing.run !== mine.run) return answerOutage(deps, report);
  await deps.executions.start(mine.run, mine.input);
  return { word: 'started', run: mine.run };
}

function coolDownOf({ config }: Deps, { apps }: Report): number {
  return Math.max(...config.apps.filter(({ name }) => apps.includes(name)).map(app => app.coolDownSeconds));
}
