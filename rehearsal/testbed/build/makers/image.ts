import { join } from 'node:path';
import { type LayerEntry, writeImage } from '../image-archive';
import type { ImageEntry, ImagePart } from '../part';
import { DEBIAN_PART } from '../parts';
import { findProgram } from './debian-layout';
import type { Make, Making } from './making';

/** The file inside of an image's part. */
export const ARCHIVE = 'image.tar';

export const makeImage: Make<ImagePart> = async (part, making, folder) => {
  const entries = await Promise.all(part.entries.map(entry => layerEntry(entry, making)));
  await writeImage(join(folder, ARCHIVE), {
    reference: part.reference(making.identity.version),
    architecture: making.toolchain.goTarget.GOARCH ?? 'amd64',
    config: part.config,
    entries,
  });
  return {};
};

async function layerEntry(entry: ImageEntry, { folderOf }: Making): Promise<LayerEntry> {
  if (entry.type !== 'program') return entry;
  const folder = await folderOf(entry.from);
  const file = entry.file ?? entry.from;
  const source = entry.from === DEBIAN_PART.name ? await findProgram(folder, file) : join(folder, file);
  return { type: 'file', path: entry.path, source };
}
