import { SITE_NAMES } from '../../core/config';
import { GLOBAL_REGION } from '../../lib/stacks';
import { type Checker, type Finding, found, type Watched } from './checker';

/** What a lost Region may add between the decision and the flip: docs/architecture.md, "Deadlines". */
const ALLOWED_SECONDS = 10;
/** Looking at the other site is what Assess is for; its dwell time is not a delay. */
const LOOKING = ['admit', 'assess'];

/**
 * I10: a lost Region adds at most its deadline to the flip. Adds up how long the steps of each run waited for calls
 * into a Region that was lost, from the decision to the flip.
 */
export class LostRegion implements Checker {
  readonly id = 'I10';
  private readonly lost = new Set<string>();

  constructor(private readonly watched: Watched) {
    const { night } = watched;
    night.clock.every(1000, () => {
      for (const region of [...SITE_NAMES.map(site => night.regionOf(site)), GLOBAL_REGION]) {
        if (night.internet.regionState(region) === 'lost') this.lost.add(region);
      }
    });
  }

  finding(): Finding {
    if (this.lost.size === 0) return found(this.id, [], 'no Region was lost');
    const regions = [...this.lost];
    const waits = this.waits(regions);
    const violations = [...waits]
      .filter(([, seconds]) => seconds > ALLOWED_SECONDS)
      .map(([who, seconds]) => `${who} waited ${seconds.toFixed(1)} s for ${regions.join(', ')}`);
    const longest = Math.max(0, ...waits.values());
    return found(
      this.id,
      violations,
      `at most ${longest.toFixed(1)} s of any app's way were spent on calls into ${regions.join(', ')}`,
    );
  }

  /** Seconds by run and app: what the run waited before the apps parted, and what each waited itself. */
  private waits(regions: readonly string[]): Map<string, number> {
    const { night } = this.watched;
    const shared = new Map<string, number>();
    const own = new Map<string, { run: string; seconds: number }>();
    for (const { run, app, step, region, service, at, endedAt } of night.calls.calls) {
      // For the switch cname Route 53's control plane is nobody's Region: it cannot do without it.
      const needed = service === 'route53' && night.config.switch === 'cname';
      if (!run || LOOKING.includes(step) || needed || !regions.includes(region)) continue;
      const seconds = ((endedAt ?? night.clock.now()) - at) / 1000;
      if (app === undefined) shared.set(run, (shared.get(run) ?? 0) + seconds);
      else {
        const key = `run ${run} with ${app}`;
        own.set(key, { run, seconds: (own.get(key)?.seconds ?? 0) + seconds });
      }
    }
    return new Map([
      ...[...shared].map(([run, seconds]) => [`run ${run}`, seconds] as const),
      ...[...own].map(([key, { run, seconds }]) => [key, seconds + (shared.get(run) ?? 0)] as const),
    ]);
  }
}
