import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SITE_NAMES, type SiteName } from '../core/config';
import { type Manifest, readManifests } from '../rehearsal/embedded/kubernetes/manifests';
import { BadUsage } from './errors';

/** There is no folder of manifests where one is needed. */
export class ManifestsMissing extends Error {
  override name = 'ManifestsMissing';
}

export interface BothManifests {
  manifests: Record<SiteName, Manifest[]>;
  folders: Record<SiteName, string>;
  notes: string[];
}

/**
 * The manifests of both sites: from the folders named, else from `primary` and `dr` beside the configuration.
 * @throws BadUsage, ManifestsMissing, ManifestsInvalid
 */
export function bothManifests(configFile: string, named: Partial<Record<SiteName, string>>): BothManifests {
  if ((named.primary === undefined) !== (named.dr === undefined)) {
    throw new BadUsage('--primary and --dr go together.');
  }
  const folder = (site: SiteName) => named[site] ?? join(dirname(configFile), site);
  for (const site of SITE_NAMES) {
    if (existsSync(folder(site)) && statSync(folder(site)).isDirectory()) continue;
    throw new ManifestsMissing(
      `There is no folder ${folder(site)} with the manifests of ${site}. Name it with --${site}; ` +
        'it holds what "kubectl get -o yaml" or "helm template" prints.',
    );
  }
  const primary = readManifests(folder('primary'));
  const dr = readManifests(folder('dr'));
  return {
    manifests: { primary: primary.manifests, dr: dr.manifests },
    folders: { primary: folder('primary'), dr: folder('dr') },
    notes: [...primary.notes, ...dr.notes],
  };
}
