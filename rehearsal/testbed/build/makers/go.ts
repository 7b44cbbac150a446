import { join } from 'node:path';
import { mustRun } from '../command';
import type { GoPart } from '../part';
import { goEnvironment } from '../toolchain';
import { buildArguments } from './go-arguments';
import { download, type Make, type Making, niced } from './making';

export const makeGo: Make<GoPart> = async (part, making, folder) => {
  const [build = 'build', ...rest] = buildArguments(part, making.identity.version);
  await mustRun(
    making.run,
    niced({
      file: 'go',
      args: [build, '-o', join(folder, part.name), ...rest],
      cwd: join(making.sources, part.module),
      env: goEnvironment(making.paths),
      log: making.log,
      signal: making.signal,
    }),
  );
  return {};
};

export type Fetching = Pick<Making, 'run' | 'paths' | 'sources' | 'log' | 'signal'>;

/**
 * Downloads what the program imports and nothing else: `go mod download` without arguments fetches every module that
 * go.mod names. One program at a time: two of a module may import the same library in two spellings, which `go list`
 * refuses only when it sees both.
 */
export async function fetchModules(part: GoPart, making: Fetching): Promise<void> {
  await download(
    `What the Go program ${part.name} is made of`,
    making,
    niced({
      file: 'go',
      args: ['list', '-deps', '-f', '{{with .Error}}{{.}}{{end}}', part.package],
      cwd: join(making.sources, part.module),
      env: goEnvironment(making.paths),
    }),
  );
}
