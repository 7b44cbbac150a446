import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Command, Finished, Run } from '../../../../rehearsal/testbed/build/command';
import type { GoPart, ImagePart } from '../../../../rehearsal/testbed/build/part';
import { type CachePaths, cachePaths } from '../../../../rehearsal/testbed/build/paths';
import type { Reporter } from '../../../../rehearsal/testbed/build/reporter';
import type { Toolchain } from '../../../../rehearsal/testbed/build/toolchain';

/** A folder for one test file, removed after its tests. */
export function scratch(): (...segments: string[]) => string {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-build-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let count = 0;
  return (...segments) => {
    const path = join(folder, String(count++), ...segments);
    mkdirSync(dirname(path), { recursive: true });
    return path;
  };
}

export function write(path: string, text: string, mode = 0o644): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

export const TOOLCHAIN: Toolchain = {
  go: 'go1.26.8',
  goProblem: '',
  goTarget: { GOOS: 'linux', GOARCH: 'amd64' },
  python: '3.11.7',
  distribution: 'debian 12',
};

export const ALPHA: GoPart = {
  kind: 'go',
  name: 'alpha',
  seconds: 100,
  purpose: 'first letter',
  module: 'go/letters',
  package: 'letters.test/cmd/alpha',
  versionOf: 'letters.test',
  variables: version => ({ 'letters.test/version.Version': version }),
};

export const BETA: GoPart = { ...ALPHA, name: 'beta', package: 'letters.test/cmd/beta', seconds: 20 };

export const IMAGE: ImagePart = {
  kind: 'image',
  name: 'image-alpha',
  seconds: 2,
  purpose: 'alpha in a container',
  reference: version => `lifeboat.test/alpha:${version}`,
  versionOf: 'alpha',
  entries: [{ type: 'program', path: '/alpha', from: 'alpha' }],
  config: { Entrypoint: ['/alpha'] },
};

/** The sources of ALPHA and BETA. */
export function letters(folder: string): string {
  write(join(folder, 'go/letters/go.mod'), 'module x\n\ngo 1.26.0\n\nrequire letters.test v1.2.3\n');
  write(join(folder, 'go/letters/go.sum'), 'letters.test v1.2.3 h1:abc=\n');
  write(join(folder, 'go/letters/main.go'), 'package main\n');
  return folder;
}

export function cacheIn(folder: string): CachePaths {
  return cachePaths({ XDG_CACHE_HOME: folder });
}

/** A machine whose `go build` writes what it was asked for, and that remembers what it was asked. */
export class FakeMachine {
  readonly commands: Command[] = [];
  /** Comes before the usual answer; undefined leaves it at that. */
  answer: (command: Command, line: string) => Partial<Finished> | Promise<Partial<Finished>> | undefined =
    () => undefined;

  readonly run: Run = async command => {
    this.commands.push(command);
    const special = await this.answer(command, lineOf(command));
    const output = command.args.indexOf('-o');
    const file = command.args[output + 1];
    if (output >= 0 && file && (special?.code ?? 0) === 0) write(file, lineOf(command), 0o755);
    return { code: 0, stdout: '', stderr: '', ...special };
  };

  lines(): string[] {
    return this.commands.map(lineOf);
  }
}

function lineOf({ file, args }: Command): string {
  return [file, ...args].join(' ');
}

/** A reporter that keeps what it is told. */
export function silentReporter(): Reporter & { said: string[] } {
  const said: string[] = [];
  return {
    said,
    say: line => void said.push(line),
    begin: ({ part }) => void said.push(`begin ${part.name}`),
    end: ({ part }) => void said.push(`end ${part.name}`),
    close: () => void said.push('close'),
  };
}
