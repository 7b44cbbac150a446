import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachePaths, TESTBED } from '../../../rehearsal/testbed/build/paths';
import { atLeast } from '../../../rehearsal/testbed/build/prerequisites';
import { goEnvironment } from '../../../rehearsal/testbed/build/toolchain';

const APP = join(TESTBED, 'orders', 'app');
/** With an empty cache Go compiles its own library first, and the machine may be building the bed besides. */
const COLD_MS = 300_000;

jest.setTimeout(COLD_MS);

function go(cwd: string, ...args: string[]) {
  const flags = goEnvironment(cachePaths());
  // As the bed is built, so that what is compiled for the one serves the other.
  const env = { ...process.env, ...flags, GOFLAGS: `${flags.GOFLAGS} -trimpath`, GOTOOLCHAIN: 'local' };
  return spawnSync('go', args, { cwd, env, encoding: 'utf8', timeout: COLD_MS });
}

/** Why the machine cannot run the tests, if so. */
function missing(): string | undefined {
  // Outside of the module: a Go that is too old says nothing in one that asks for more.
  const { error, stdout, stderr, status } = go(tmpdir(), 'env', 'GOVERSION');
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return 'go is not installed';
  if (error) throw error;
  if (status !== 0) throw new Error(`go env: ${stderr}`);
  const version = stdout.trim();
  return atLeast(version.replace(/^go/, ''), [1, 26]) ? undefined : `${version} is older than Go 1.26`;
}

const problem = missing();
if (problem !== undefined) {
  process.stderr.write(`Skipped: the shop's own tests: ${problem}. Get it from https://go.dev/dl.\n`);
}

(problem === undefined ? describe : describe.skip)("The shop's programs", () => {
  test.each(['vet', 'test'])('go %s finds nothing wrong', command => {
    const { error, stdout, stderr, status } = go(APP, command, './...');
    expect({ error, status, output: `${stdout}${stderr}` }).toEqual({
      error: undefined,
      status: 0,
      output: expect.not.stringContaining('FAIL') as string,
    });
  });
});
