import type { Yield } from './definition';
import type { Frame } from './frame';
import type { Json, JsonObject } from './json';
import { checkPayload } from './limits';
import type { Bindings } from './query';

/** What a state ends with. No `next`: its flow of control ends. */
export interface Outcome {
  output: Json;
  assign?: JsonObject;
  next: string | undefined;
}

/**
 * Evaluates Output and Assign. All of them see the variables as they were on entry; the assignments take effect
 * when the state is left.
 * https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html#variable-assign-order
 */
export async function finish(
  frame: Frame,
  what: Yield,
  how: {
    /** Path of the fields within the state: '' or `Catch[0]/`. */
    field: string;
    bindings: Bindings;
    /** The output when there is no Output field. */
    otherwise: Json;
    next: string | undefined;
  },
): Promise<Outcome> {
  const { field, bindings, next } = how;
  const output =
    what.Output === undefined ? how.otherwise : await frame.evaluate(what.Output, `${field}Output`, bindings);
  checkPayload(frame.execution.limits, output, frame.current?.name ?? '');
  if (what.Assign === undefined) return { output, next };
  const assign = (await frame.evaluate(what.Assign, `${field}Assign`, bindings)) as JsonObject;
  frame.variables.check(assign);
  return { output, assign, next };
}
