import { join } from 'node:path';
import type { Config } from '../../../core/config';
import { readManifests } from '../../embedded/kubernetes/manifests';
import { rehearse } from '../../embedded/rehearse';
import type { Report } from '../../report';
import type { Scenario } from '../../scenario';

/** Plays the same scenario with the same shop embedded, in seconds. @param folder of the shop's manifests */
export function playTwin(config: Config, folder: string, scenario: Scenario): Promise<Report> {
  const from = { primary: join(folder, 'primary'), dr: join(folder, 'dr') };
  return rehearse({
    config,
    scenario,
    manifests: { primary: readManifests(from.primary).manifests, dr: readManifests(from.dr).manifests },
    from,
    listener: () => undefined,
  });
}
