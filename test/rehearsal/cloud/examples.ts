import { join } from 'node:path';
import type { Config, SiteName, SwitchName } from '../../../core/config';
import { loadConfig } from '../../../lib/config';
import { type Manifest, readManifests } from '../../../rehearsal/embedded/kubernetes/manifests';
import type { Action, Scenario } from '../../../rehearsal/scenario';

export interface Example {
  config: Config;
  manifests: Record<SiteName, readonly Manifest[]>;
  from: Record<SiteName, string>;
  listener: () => undefined;
}

/** What `rehearse` takes beside a scenario, of one of the examples. */
export function example(name: string): Example {
  const folder = join(__dirname, '..', '..', '..', 'examples', name);
  const from = { primary: join(folder, 'primary'), dr: join(folder, 'dr') };
  return {
    config: loadConfig(join(folder, 'lifeboat.yaml')),
    manifests: { primary: readManifests(from.primary).manifests, dr: readManifests(from.dr).manifests },
    from,
    listener: () => undefined,
  };
}

export function withSwitch(of: Example, name: SwitchName): Example {
  return { ...of, config: { ...of.config, switch: name } };
}

export type Happening = Scenario['night'][number];

/** Something that happens so many seconds after the night has begun. */
export function at(seconds: number, action: Action): Happening {
  return { when: { at: seconds }, action };
}

/** Something that happens as soon as a run enters a state. */
export function entering(state: string, action: Action, after = 0): Happening {
  return { when: { entering: state, after }, action };
}

/** A scenario that stands in no file. */
export function scenario(
  night: readonly Happening[],
  expect: Partial<Scenario['expect']> = {},
  more: Partial<Pick<Scenario, 'given' | 'about' | 'watch'>> = {},
): Scenario {
  return {
    name: 'of a test',
    story: 'of a test',
    about: 'every app',
    given: { active: 'primary', needs: [] },
    night: [...night],
    watch: 120,
    ...more,
    expect: {
      outcome: 'succeeded',
      main: 'dr',
      says: [],
      told: [],
      restores: 1,
      runs: 1,
      took: {},
      ...expect,
    },
  };
}
