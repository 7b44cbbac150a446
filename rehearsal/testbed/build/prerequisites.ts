import { access, constants, statfs } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Run } from './command';
import { hasCode } from './system-error';
import type { Toolchain } from './toolchain';

/** What the machine has, as far as the build needs it. */
export interface MachineFacts {
  platform: string;
  toolchain: Toolchain;
  /** python3 can make virtual environments that have pip. */
  venv: boolean;
  aptGet: boolean;
  dpkgDeb: boolean;
  /** Free bytes where the cache is to lie. */
  freeBytes: number;
  cache: string;
}

export interface Missing {
  what: string;
  install: string;
}

export class PrerequisitesMissing extends Error {
  override name = 'PrerequisitesMissing';

  constructor(readonly missing: readonly Missing[]) {
    super(
      [
        'This machine lacks what the test bed is built with:',
        ...missing.map(({ what, install }) => `  - ${what}\n      ${install}`),
        'Install it and type the same command again. The embedded rehearsal (npm run rehearse) needs none of this.',
      ].join('\n'),
    );
  }
}

const GO = [1, 26] as const;
const PYTHON = [3, 11] as const;
const GIB = 1 << 30;
/** Sources and objects of all Go modules take 15 GB, the parts 3. */
const COLD_BYTES = 20 * GIB;
const WARM_BYTES = 2 * GIB;

/** @returns what is missing; `cold` says that Go programs are still to be compiled */
export function missingPrerequisites(facts: MachineFacts, cold: boolean): Missing[] {
  if (facts.platform !== 'linux')
    return [
      {
        what: `Linux (this is ${facts.platform}): the bed is made of network namespaces and cgroups`,
        install: 'use a Linux machine or a virtual one; WSL 2 is not tried',
      },
    ];
  const { toolchain, venv, aptGet, dpkgDeb, freeBytes, cache } = facts;
  const wanted = cold ? COLD_BYTES : WARM_BYTES;
  const missing: (Missing | false)[] = [
    !atLeast(toolchain.go?.replace(/^go/, ''), GO) && {
      what: `go >= ${GO.join('.')} (found: ${toolchain.go ?? toolchain.goProblem})`,
      install:
        'curl -fsSL "https://go.dev/dl/$(curl -fsSL https://go.dev/VERSION?m=text | head -1).linux-$(dpkg --print-architecture).tar.gz" | tar -C /usr/local -xz && export PATH=/usr/local/go/bin:$PATH',
    },
    !atLeast(toolchain.python, PYTHON) && {
      what: `python3 >= ${PYTHON.join('.')} (found: ${toolchain.python ?? 'none'})`,
      install: 'apt-get install python3 python3-venv',
    },
    toolchain.python !== undefined &&
      !venv && {
        what: "python3's venv and ensurepip modules",
        install: 'apt-get install python3-venv',
      },
    !aptGet && {
      what: "apt-get: containerd, runc and the CNI plugins are Debian's or Ubuntu's packages",
      install: 'use Debian 12, Ubuntu 24.04 or later',
    },
    !dpkgDeb && { what: 'dpkg-deb', install: 'apt-get install dpkg' },
    freeBytes < wanted && {
      what: `${gib(wanted)} GiB of free disk for ${cache} (found: ${gib(freeBytes)} GiB)`,
      install: 'free some, or put the cache elsewhere: export XDG_CACHE_HOME=/some/where/else',
    },
  ];
  return missing.filter(each => each !== false);
}

/** @returns whether a version such as `3.11.7` or `1.27rc1` is that of `wanted` or later */
export function atLeast(version: string | undefined, wanted: readonly [number, number]): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  if (major === undefined || minor === undefined) return false;
  return Number(major) > wanted[0] || (Number(major) === wanted[0] && Number(minor) >= wanted[1]);
}

function gib(bytes: number): number {
  return Math.floor(bytes / GIB);
}

export async function readMachine(run: Run, toolchain: Toolchain, cache: string): Promise<MachineFacts> {
  const [venv, aptGet, dpkgDeb, disk] = await Promise.all([
    toolchain.python === undefined ? false : hasVenv(run),
    onPath('apt-get'),
    onPath('dpkg-deb'),
    statfs(cache),
  ]);
  return {
    platform: process.platform,
    toolchain,
    venv,
    aptGet,
    dpkgDeb,
    freeBytes: disk.bavail * disk.bsize,
    cache,
  };
}

/** Debian takes ensurepip out of python3 and has `python3 -m venv` fail without it. */
async function hasVenv(run: Run): Promise<boolean> {
  const { code } = await run({ file: 'python3', args: ['-c', 'import venv, ensurepip'] });
  return code === 0;
}

async function onPath(program: string): Promise<boolean> {
  const { PATH = '' } = process.env;
  for (const folder of PATH.split(delimiter)) {
    try {
      await access(join(folder, program), constants.X_OK);
      return true;
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES')) throw error;
    }
  }
  return false;
}
