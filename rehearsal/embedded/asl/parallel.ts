import type { ParallelState, Scope } from './definition';
import { AslError, Cancelled } from './errors';
import type { Frame } from './frame';
import type { Json } from './json';
import { checkPayload } from './limits';
import { finish, type Outcome } from './outcome';
import { recovering } from './retry';

/** Runs a scope in a frame; handed in, because the states it runs may hold scopes themselves. */
export type RunScope = (frame: Frame, scope: Scope, input: Json) => Promise<Json>;

/** https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html */
export function parallel(frame: Frame, state: ParallelState, runScope: RunScope): Promise<Outcome> {
  const attempt = async () => {
    const { limits } = frame.execution;
    const name = frame.current?.name ?? '';
    let input = frame.current?.input ?? null;
    if (state.Arguments !== undefined) {
      input = await frame.evaluate(state.Arguments, 'Arguments', frame.bindings());
      checkPayload(limits, input, name);
    }
    frame.record('ParallelStateStarted');
    const result = await runBranches(frame, state.Branches, input, runScope);
    checkPayload(limits, result, name);
    frame.record('ParallelStateSucceeded');
    return finish(frame, state, {
      field: '',
      bindings: frame.bindings({ result }),
      otherwise: result,
      next: state.Next,
    });
  };
  // Recorded once, after the last retry: between retries AWS records only the next ParallelStateStarted.
  return recovering(frame, state, attempt, () => {
    frame.record('ParallelStateFailed');
  });
}

/** All branches' outputs in their order. The first branch that fails stops the others. */
async function runBranches(
  frame: Frame,
  branches: readonly Scope[],
  input: Json,
  runScope: RunScope,
): Promise<Json[]> {
  const outputs: Json[] = [];
  const children = branches.map(() => frame.child());
  let failure: unknown;
  const run = async (child: Frame, branch: Scope, i: number) => {
    try {
      outputs[i] = await runScope(child, branch, input);
      frame.previousEventId = child.previousEventId;
    } catch (error) {
      if (failure === undefined) stop(frame, child, children, error);
      // Being stopped because another branch failed is no failure; a bug of the interpreter is one, always.
      if (failure === undefined || !(error instanceof Cancelled || error instanceof AslError))
        failure = error;
    }
  };
  await Promise.all(
    branches.map((branch, i) => {
      const child = children[i];
      return child && run(child, branch, i);
    }),
  );
  for (const child of children) frame.release(child);
  if (failure instanceof AslError) throw failure.asBranchFailure();
  if (failure !== undefined) throw failure;
  return outputs;
}

function stop(frame: Frame, failed: Frame, children: readonly Frame[], error: unknown) {
  for (const child of children) child.cancel();
  // A States.Runtime error ends the execution on the spot: AWS records neither aborts nor ParallelStateFailed.
  if (!(error instanceof AslError) || error.terminal) return;
  for (const child of children) frame.recordAborted(child);
  frame.previousEventId = failed.previousEventId;
}
