import { NotFound } from '../../../core/errors';
import type { Deps } from '../../runtime/wire';
import { type Answer, answerOutage } from '../answer-outage';
import { mainAt } from '../looking';

/** What the rule makes of an alarm's event. */
export interface StartInput {
  /** `at`: ISO 8601. */
  alarm: { name: string; at: string };
}

/**
 * Turns the alarm of a health check into the start of the activation, under the name of the outage: the guard may have
 * seen the same one already.
 * @throws NotFound for an alarm of an app that this deployment does not have
 */
export async function startStep(deps: Deps, { alarm }: StartInput): Promise<Answer | { word: 'there' }> {
  const name = alarm.name.split('/').at(-1);
  const app = deps.config.apps.find(each => each.name === name);
  if (!app) {
    throw new NotFound(
      `The alarm ${alarm.name} is about no app of this deployment. Deploy the global stack and this one from the same lifeboat.yaml.`,
    );
  }
  // The alarm of a site that nobody uses, such as a standby at 0 replicas, or one that comes when all is done.
  if (app.endpoint && (await mainAt(deps.network, app.endpoint)) === deps.site) return { word: 'there' };
  const reason = `Alarm ${alarm.name} at ${alarm.at}`;
  const answer = await answerOutage(deps, { by: 'alarm', activate: deps.site, apps: [app.name], reason });
  if (answer.word === 'joined') await countJoined(deps, answer.run);
  return answer;
}

/** The last message of a run says how many more starts came. A run that has not got to its record yet says none. */
async function countJoined({ ledger }: Deps, run: string): Promise<void> {
  const record = await ledger.run(run);
  if (record)
    await ledger.changeRun(run, now => ({ ...(now ?? record), joined: (now ?? record).joined + 1 }));
}
