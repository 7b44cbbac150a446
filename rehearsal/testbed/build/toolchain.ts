import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run } from './command';
import type { CachePaths } from './paths';
import { TESTBED } from './paths';
import { notFound } from './system-error';

/** What the machine builds with, as far as it changes what comes out. */
export interface Toolchain {
  /** `go1.26.8`, or undefined with the reason in `goProblem`. */
  go: string | undefined;
  goProblem: string;
  /** GOARCH, GOAMD64 and the like. */
  goTarget: Readonly<Record<string, string>>;
  /** `3.11.7` */
  python: string | undefined;
  /** `debian 12` */
  distribution: string;
}

/** One build, one set of flags: any other would fill Go's build cache a second time. */
export function goEnvironment(paths: CachePaths): Record<string, string> {
  return {
    GOMODCACHE: paths.goModules,
    GOCACHE: paths.goBuild,
    // No VCS stamp: the modules' folders lie in this repository, whose commits must not change a binary.
    // -modcacherw: without it the cache's folders are read-only and `rm -rf` of the cache fails.
    GOFLAGS: '-buildvcs=false -modcacherw',
    GOWORK: 'off',
    CGO_ENABLED: '0',
  };
}

export async function readToolchain(run: Run, paths: CachePaths): Promise<Toolchain> {
  const [go, python, distribution] = await Promise.all([
    readGo(run, paths),
    readPython(run),
    readDistribution(),
  ]);
  return { ...go, python, distribution };
}

const TARGET = ['GOOS', 'GOARCH', 'GOAMD64', 'GOARM64', 'GOEXPERIMENT'];

async function readGo(
  run: Run,
  paths: CachePaths,
): Promise<Pick<Toolchain, 'go' | 'goProblem' | 'goTarget'>> {
  const none = (goProblem: string) => ({ go: undefined, goProblem, goTarget: {} });
  try {
    const { code, stdout, stderr } = await run({
      file: 'go',
      args: ['env', '-json', 'GOVERSION', ...TARGET],
      // Inside of a module, so that a `go` that fetches the toolchain a go.mod asks for is seen as that one.
      cwd: join(TESTBED, 'go', 'kubernetes'),
      env: goEnvironment(paths),
    });
    if (code !== 0) return none(stderr.trim());
    const { GOVERSION = '', ...goTarget } = JSON.parse(stdout) as Record<string, string>;
    return { go: GOVERSION, goProblem: '', goTarget };
  } catch (error) {
    if (notFound(error)) return none('not found');
    throw error;
  }
}

async function readPython(run: Run): Promise<string | undefined> {
  try {
    const { code, stdout } = await run({ file: 'python3', args: ['--version'] });
    return code === 0 ? stdout.trim().replace(/^Python /, '') : undefined;
  } catch (error) {
    if (notFound(error)) return undefined;
    throw error;
  }
}

async function readDistribution(): Promise<string> {
  try {
    const text = await readFile('/etc/os-release', 'utf8');
    const value = (key: string) => new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(text)?.[1];
    return `${value('ID') ?? 'unknown'} ${value('VERSION_ID') ?? 'unknown'}`;
  } catch (error) {
    if (notFound(error)) return 'unknown';
    throw error;
  }
}
