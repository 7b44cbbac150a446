import { SITE_NAMES } from '../../core/config';
import { type Checker, clockTime, count, type Finding, found, type Watched } from './checker';

/**
 * The guard puts to rest only what main has left: at the moment of each change that it makes in a cluster, no name server
 * leads customers of that app there.
 */
export class Fencing implements Checker {
  readonly id = 'fence';
  private readonly violations: string[] = [];
  private seen = 0;
  private changes = 0;

  constructor(private readonly watched: Watched) {
    watched.night.clock.every(1000, () => this.judge());
  }

  private judge(): void {
    const { night } = this.watched;
    const { calls } = night.calls;
    for (; this.seen < calls.length; this.seen++) {
      const call = calls[this.seen];
      if (call?.step !== 'guard' || call.service !== 'kubernetes' || call.action.startsWith('GET')) continue;
      this.changes++;
      const site = SITE_NAMES.find(name => night.regionOf(name) === call.region);
      const app = night.config.apps.find(({ namespaces }) =>
        namespaces.some(namespace => call.resource.includes(`/namespaces/${namespace}/`)),
      );
      if (!site || !app || !night.mainAt(app).includes(site)) continue;
      this.violations.push(
        `${call.action} of ${app.name} on ${site} at ${clockTime(call.at)}, where main led its customers`,
      );
    }
  }

  finding(): Finding {
    return found(
      this.id,
      this.violations,
      `${count(this.changes, 'change')} by the guard, none on a site that main led to`,
    );
  }
}
