import type { SiteName } from '../../core/config';
import { SITE_NAMES } from '../../core/config';
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
  private readonly lost = new Set<SiteName>();

  constructor(private readonly watched: Watched) {
    const { night } = watched;
    night.clock.every(1000, () => {
      for (const site of SITE_NAMES) {
        if (night.internet.regionState(night.regionOf(site)) === 'lost') this.lost.add(site);
      }
    });
  }

  finding(): Finding {
    const { night } = this.watched;
    if (this.lost.size === 0) return found(this.id, [], 'no Region was lost');
    const regions = [...this.lost].map(site => night.regionOf(site));
    const waits = new Map<string, number>();
    for (const { run, step, region, service, at, endedAt } of night.calls.calls) {
      const globalService = service === 'route53';
      if (!run || LOOKING.includes(step) || globalService || !regions.includes(region)) continue;
      waits.set(run, (waits.get(run) ?? 0) + ((endedAt ?? night.clock.now()) - at) / 1000);
    }
    const violations = [...waits]
      .filter(([, seconds]) => seconds > ALLOWED_SECONDS)
      .map(([run, seconds]) => `run ${run} waited ${seconds.toFixed(1)} s for ${regions.join(', ')}`);
    const longest = Math.max(0, ...waits.values());
    return found(
      this.id,
      violations,
      `at most ${longest.toFixed(1)} s of a run were spent on calls into ${regions.join(', ')}`,
    );
  }
}
