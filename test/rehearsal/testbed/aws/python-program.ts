import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const FOLDER = join(__dirname, '..', '..', '..', '..', 'rehearsal', 'testbed', 'aws');

/**
 * Runs a Python program that may import `emulator` and `hooks`, for what only shows on a clock that the test holds.
 * The program reads `input` from standard input and prints its answer, both as JSON.
 */
export function runPython<T>(python: string, program: string, input: unknown = {}): T {
  const env = { PYTHONPATH: FOLDER, PYTHONDONTWRITEBYTECODE: '1', AWS_ACCESS_KEY_ID: 'AKIAROOT' };
  const { stdout, stderr, status } = spawnSync(python, ['-c', program], {
    input: JSON.stringify(input),
    env,
    encoding: 'utf8',
    timeout: 20_000,
  });
  if (status !== 0) throw new Error(`The program ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as T;
}
