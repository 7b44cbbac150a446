import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** This machine cannot hold the bed. */
export class CannotHoldBed extends Error {
  override name = 'CannotHoldBed';
}

export interface Machine {
  platform: string;
  uid: number | undefined;
  has: (program: string) => boolean;
  exists: (path: string) => boolean;
}

/** Programs that the bed calls, and the Debian package that each is in. */
const PROGRAMS: Record<string, string> = {
  ip: 'iproute2',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
  ps: 'procps',
  sysctl: 'procps',
  openssl: 'openssl',
};

const EMBEDDED =
  'The embedded rehearsal (npx lifeboat rehearse) needs none of it: it runs the same workflow and step code against ' +
  'fakes in virtual time. It does not show real Pods, bytes moved by Velero, real DNS and TLS, or the CDK deployment.';

/** What keeps this machine from holding a bed, each in a sentence; empty when nothing does. */
export function obstacles({ platform, uid, has, exists }: Machine): string[] {
  if (platform !== 'linux') return [`This is ${platform}; network and process namespaces need Linux.`];
  const missing = Object.keys(PROGRAMS).filter(program => !has(program));
  const packages = [...new Set(missing.map(program => PROGRAMS[program]))];
  return [
    ...(uid === 0
      ? []
      : ['You are not root; making namespaces, mounts and cgroups needs root. Try it with sudo.']),
    ...(missing.length === 0
      ? []
      : [`There is no ${missing.join(', ')}. Type "apt-get install ${packages.join(' ')}".`]),
    ...(exists('/sys/fs/cgroup') ? [] : ['There is no /sys/fs/cgroup; mount the cgroup file systems.']),
    ...(exists('/proc/self/ns/pid') ? [] : ['The kernel has no process namespaces.']),
  ];
}

/** @throws CannotHoldBed */
export function checkMachine(machine: Machine = thisMachine()): void {
  const found = obstacles(machine);
  if (found.length > 0) {
    throw new CannotHoldBed(`The test bed cannot run here. ${found.join(' ')}\n${EMBEDDED}`);
  }
}

function thisMachine(): Machine {
  const path = (process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin').split(delimiter);
  return {
    platform: process.platform,
    uid: process.getuid?.(),
    has: program => path.some(folder => executable(join(folder, program))),
    exists: existsSync,
  };
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
