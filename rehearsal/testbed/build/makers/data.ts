import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OutputIncomplete } from '../errors';
import type { DataPart } from '../part';
import { goEnvironment } from '../toolchain';
import { download, type Make } from './making';

export const makeData: Make<DataPart> = async (part, making, folder) => {
  const answer = await download(`The Go module ${part.versionOf}`, making, {
    file: 'go',
    args: ['mod', 'download', '-json', part.versionOf],
    cwd: join(making.sources, part.module),
    env: goEnvironment(making.paths),
  });
  const { Dir: source } = JSON.parse(answer) as { Dir: string };
  for (const from of part.folders) {
    const files = (await readdir(join(source, from))).filter(file => file.endsWith(part.suffix));
    if (files.length === 0)
      throw new OutputIncomplete(part.name, `${join(source, from)} has no ${part.suffix} file`);
    await mkdir(folder, { recursive: true });
    for (const file of files) await copyFile(join(source, from, file), join(folder, file));
  }
  return {};
};
