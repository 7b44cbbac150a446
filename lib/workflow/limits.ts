import type { Config } from '../../core/config';
import type { StatesJson } from './definition';
import { appEvents, MAX_EVENTS, runEvents } from './history';
import { MAX_BYTES, payloadBytes } from './payload';

/**
 * Whether a configuration fits into the quotas of Step Functions even when everything takes as long as it may.
 * @returns what does not fit and what to change, one text each; nothing when all is well
 */
export function limitProblems(definition: StatesJson, config: Config): string[] {
  const problems: string[] = [];
  const run = runEvents(definition, config);
  if (run > MAX_EVENTS) {
    problems.push(`The run may have ${run} events, allowed are ${MAX_EVENTS}: shorten the longest dwell.`);
  }
  for (const app of config.apps) {
    const events = appEvents(definition, config, app);
    if (events <= MAX_EVENTS) continue;
    problems.push(
      `${app.name} may have ${events} events, allowed are ${MAX_EVENTS}: shorten the approval's timeout, or the ` +
        'deadlines of its data and of the apps that come before it.',
    );
  }
  for (const [what, bytes] of Object.entries(payloadBytes(config))) {
    if (bytes > MAX_BYTES)
      problems.push(`${what} may have ${bytes} bytes, allowed are ${MAX_BYTES}: name fewer apps.`);
  }
  return problems;
}
