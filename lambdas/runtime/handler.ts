import { readEnvironment } from './environment';
import { productionWorld } from './production';
import { scopedTo } from './scope';
import { type Deps, wire } from './wire';

/** A step of the workflow: what it is asked, what it answers. It throws named errors. */
export type Step<In, Out> = (deps: Deps, input: In) => Promise<Out>;

/**
 * The Lambda around a step. The deployment is read once per sandbox; a broken one fails the first call with a
 * message that says so, rather than every call in its own way.
 */
export function lambda<In, Out>(name: string, step: Step<In, Out>): (event: In) => Promise<Out> {
  let deps: Deps | undefined;
  return async event => {
    if (!deps) {
      const environment = readEnvironment(process.env, __dirname);
      deps = wire(productionWorld(environment.region), environment);
    }
    try {
      const result = await step(scopedTo(deps, event), event);
      deps.log('done', { step: name, ...whose(event), result });
      return result;
    } catch (error) {
      const { name: errorName, message, stack } = error as Error;
      deps.log('failed', { step: name, ...whose(event), error: errorName, message, stack });
      throw error;
    }
  };
}

/** Which run and app an event belongs to. Not the whole event: it may carry a task token, which is a key. */
function whose(event: unknown): { run?: unknown; app?: unknown } {
  const { run, app } = (event ?? {}) as { run?: unknown; app?: unknown };
  return { run, app };
}
