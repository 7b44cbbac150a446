/** The command line was used wrongly: exit 2. */
export class BadUsage extends Error {
  override name = 'BadUsage';
}

/** The run is not what the command needs: it does not ask, has ended, or is not known. */
export class Unanswerable extends Error {
  override name = 'Unanswerable';
}

/** Done: 0. The answer is no (findings, refused, an invariant broken): 1. Bad usage or configuration: 2. */
export type ExitCode = 0 | 1 | 2;
