import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** The checkout. */
export const ROOT = resolve(__dirname, '..', '..', '..');
export const TESTBED = resolve(__dirname, '..');

/** Where the build writes; nothing of it lies in the checkout. */
export interface CachePaths {
  root: string;
  parts: string;
  logs: string;
  lock: string;
  goModules: string;
  goBuild: string;
}

/** The XDG Base Directory Specification has a relative XDG_CACHE_HOME ignored. */
export function cachePaths(env: NodeJS.ProcessEnv = process.env): CachePaths {
  const { XDG_CACHE_HOME: wanted } = env;
  const base = wanted !== undefined && isAbsolute(wanted) ? wanted : join(homedir(), '.cache');
  const root = join(base, 'lifeboat', 'testbed');
  return {
    root,
    parts: join(root, 'parts'),
    logs: join(root, 'logs'),
    lock: join(root, 'build.lock'),
    goModules: join(root, 'go-mod'),
    goBuild: join(root, 'go-build'),
  };
}
