import { SITE_NAMES } from '../../core/config';
import { definitionOf } from '../../lib/workflow/definition';
import { appEvents, runEvents } from '../../lib/workflow/history';
import { limitProblems } from '../../lib/workflow/limits';
import { payloadBytes } from '../../lib/workflow/payload';
import type { Result } from './index';
import type { Synthesized } from './synthesize';

/** Step Functions' quotas, when everything takes as long as the configuration lets it. */
export function checkQuotas({ config }: Synthesized): Result {
  const definition = definitionOf('dr');
  const longest = Math.max(...config.apps.map(app => appEvents(definition, config, app)));
  const largest = Math.max(...Object.values(payloadBytes(config)));
  return {
    line: `quotas: at most ${runEvents(definition, config)} events of the run, ${longest} of an app, ${largest} bytes`,
    findings: SITE_NAMES.flatMap(site => limitProblems(definitionOf(site), config)),
  };
}
