/** The command line was used wrongly: exit 2. */
export class BadUsage extends Error {
  override name = 'BadUsage';
}

/** Done: 0. The answer is no (findings, refused, an invariant broken): 1. Bad usage or configuration: 2. */
export type ExitCode = 0 | 1 | 2;
