import { join } from 'node:path';
import { PartUnknown } from './errors';
import { type DebianLayout, debianLayout } from './makers/debian-layout';
import { ARCHIVE } from './makers/image';
import type { Part } from './part';
import type { Found } from './plan';

export interface LocatedImage {
  name: string;
  /** A docker archive. */
  archive: string;
  /** `lifeboat.test/velero:v1.18.3` */
  reference: string;
}

/** Where the finished parts lie. */
export interface Parts {
  /** A program of a Go module, by the part's name. */
  bin(name: string): string;
  /** By the name without `image-`. */
  image(name: string): LocatedImage;
  images(): LocatedImage[];
  /** Folders of the distribution's programs, of their libraries (LD_LIBRARY_PATH) and of the CNI plugins. */
  debian: DebianLayout;
  /** The interpreter of the virtual environment. */
  python: string;
  /** Folders of YAML files. */
  crds: { velero: string; certManager: string };
  /** Of every program, package and Python library that the bed runs. */
  versions(): Record<string, string>;
}

const IMAGE = 'image-';

/** @param found every part of the catalog, ready */
export async function partsFrom(found: readonly Found[]): Promise<Parts> {
  const byName = new Map(found.map(each => [each.part.name, each]));
  const names = [...byName.keys()];
  const folder = (name: string): string => {
    const lookup = byName.get(name)?.lookup;
    if (lookup?.state !== 'ready') throw new PartUnknown(name, names);
    return lookup.folder;
  };
  const images = found.flatMap(({ part, identity }) =>
    part.kind === 'image'
      ? [
          {
            name: part.name.slice(IMAGE.length),
            archive: join(folder(part.name), ARCHIVE),
            reference: part.reference(identity.version),
          },
        ]
      : [],
  );
  return {
    bin: name => join(folder(name), name),
    image: name => {
      const image = images.find(each => each.name === name);
      if (!image) throw new PartUnknown(`${IMAGE}${name}`, names);
      return image;
    },
    images: () => images,
    debian: await debianLayout(folder('debian')),
    python: join(folder('python'), 'bin', 'python'),
    crds: { velero: folder('velero-crds'), certManager: folder('cert-manager-crds') },
    versions: () => Object.assign({}, ...found.map(versionsOf)) as Record<string, string>,
  };
}

/** Images and data carry the version of what they are made from: that stands there already. */
function versionsOf({ part, identity, lookup }: Found): Record<string, string> {
  if (lookup.state !== 'ready') return {};
  const { contents } = lookup.manifest;
  const own: Record<Part['kind'], Record<string, string>> = {
    go: { [part.name]: identity.version },
    debian: contents,
    venv: contents,
    image: {},
    data: {},
  };
  return own[part.kind];
}
