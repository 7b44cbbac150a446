import { SITE_NAMES } from '../../core/config';
import type { Listener } from '../events';
import type { Night } from './cloud/night';

/** Steps of a run, as against the look in peace, whose answer nobody waits for. */
interface StepLog {
  step?: string;
  run?: string;
  app?: string;
  result?: { apps?: string[]; detail?: string; done?: boolean; outcome?: string; summary?: string };
  error?: string;
  message?: string;
}

/** Tells what goes on in a night to a listener. */
export function tellEvents(night: Night, listener: Listener): void {
  const { clock } = night;
  for (const site of SITE_NAMES) {
    night.sites[site].sns.onMessage(({ at, subject = '' }) => listener({ kind: 'message', at, subject }));
    night.sites[site].functions.onAnswer(answer => {
      const { step, run, app, result, error, message } = answer as StepLog;
      if (!step || !run) return;
      const about = { at: clock.now(), site, step, ...(app ? { app } : {}) };
      if (step === 'admit' && result?.apps?.length) {
        listener({ kind: 'run', at: clock.now(), run, site, status: 'RUNNING' });
      }
      if (error) listener({ kind: 'step-failed', ...about, error, detail: message ?? '' });
      else listener({ kind: 'step', ...about, done: result?.done !== false, detail: detailOf(result) });
    });
  }
  night.observers.push({
    onExecution: (site, { name, arn }, status) => {
      // Executions of the Distributed Map are parts of a run; a start that found nothing to do told nobody.
      const told = night.sites[site].sns.messages.some(({ attributes }) => attributes.run === name);
      if (arn.includes('/') || status === 'RUNNING' || !told) return;
      listener({ kind: 'run', at: clock.now(), run: name, site, status });
    },
  });
  let before = new Map(night.config.apps.map(app => [app.name, night.mainAt(app)[0]]));
  clock.every(1000, () => {
    for (const app of night.config.apps) {
      const to = night.mainAt(app).every((site, _index, all) => site === all[0])
        ? night.mainAt(app)[0]
        : before.get(app.name);
      if (app.endpoint && to !== before.get(app.name)) {
        listener({ kind: 'main', at: clock.now(), app: app.name, to: to ?? 'elsewhere' });
        before = new Map(before).set(app.name, to);
      }
    }
  });
}

function detailOf(result: StepLog['result']): string {
  return result?.detail ?? result?.summary ?? result?.outcome ?? '';
}
