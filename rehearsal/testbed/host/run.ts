import { spawn } from 'node:child_process';

/** A command that should have worked did not. */
export class CommandFailed extends Error {
  override name = 'CommandFailed';
}

export interface RunOptions {
  input?: string;
  env?: Record<string, string>;
  timeoutMs?: number;
}

/**
 * Runs a command to its end and gives its standard output.
 * @throws CommandFailed with what the command said
 */
export function run(command: readonly string[], options: RunOptions = {}): Promise<string> {
  const [program, ...args] = command;
  if (program === undefined) throw new CommandFailed('An empty command was given.');
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: options.env ?? process.env,
      timeout: options.timeoutMs ?? 60_000,
      killSignal: 'SIGKILL',
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.once('error', error =>
      reject(new CommandFailed(`${program} could not be started: ${error.message}`)),
    );
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(out);
      const how = signal ? `was ended by ${signal}` : `ended with ${code}`;
      reject(
        new CommandFailed(
          `"${command.join(' ').slice(0, 400)}" ${how}:\n${(err || out).trim().slice(-2000)}`,
        ),
      );
    });
    // A command that ends without reading its input is judged by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}
