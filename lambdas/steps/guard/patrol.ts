import type { App, SiteName } from '../../../core/config';
import { blinded, explained, isNews, type Watch, watched } from '../../../core/guard';
import { otherSite } from '../../../core/run';
import type { Sample } from '../../../core/verdict';
import { mapBounded } from '../../adapters/concurrency';
import type { Deps } from '../../runtime/wire';
import { canSee } from '../canaries';
import { lookAtSite, type SiteLook, sampleCluster } from '../looking';
import type { Mains } from './mains';

/** All of them, or nearly: ten that hang one after the other would be no look every few seconds. */
const AT_ONCE = 100;

/** One look at everything that is watched. */
export interface Look {
  apps: { app: App; look: SiteLook }[];
  /** Whether anything outside was seen; undefined when there was no reason to ask. */
  sees?: boolean;
}

/** Looks at the other site again and again, and remembers what it saw. */
export class Patrol {
  readonly watches = new Map<string, Watch>();
  private readonly other: SiteName;

  constructor(
    private readonly deps: Deps,
    private readonly mains: Mains,
    /** Names of the apps that the Lambda before this one watched. */
    private readonly before: readonly string[],
  ) {
    this.other = otherSite(deps.site);
  }

  /** Apps whose main points to the other site, as far as anybody knows. */
  watchedApps(): App[] {
    return this.deps.config.apps.filter(app => {
      if (!app.endpoint) return false;
      const sites = this.mains.of(app);
      return sites.size === 0 ? this.before.includes(app.name) : sites.has(this.other);
    });
  }

  /** Apps that should be moved: down, and nobody but a person must ask for them otherwise. */
  down(): App[] {
    return this.watchedApps().filter(
      app =>
        app.trigger !== 'manual' &&
        !this.mains.of(app).has(this.deps.site) &&
        this.watches.get(app.name)?.verdict.word === 'down',
    );
  }

  /** Whether an app is bad and not down yet. */
  suspects(): boolean {
    return this.watchedApps().some(({ name }) => {
      const watch = this.watches.get(name);
      return watch?.samples.at(-1)?.seen === 'bad' && watch.verdict.word !== 'down';
    });
  }

  /** Apps that are well on the other site, or served by this one. */
  well(): string[] {
    const { apps } = this.deps.config;
    return apps
      .filter(app => {
        const sites = this.mains.of(app);
        const here = sites.size === 1 && sites.has(this.deps.site);
        return here || (sites.has(this.other) && this.watches.get(app.name)?.verdict.word === 'healthy');
      })
      .map(({ name }) => name);
  }

  /** @param everything whether the canaries are asked, and every state written down, though nothing is wrong */
  async look(everything: boolean): Promise<Look> {
    const { deps } = this;
    const apps = this.watchedApps();
    await this.recall(apps);
    const suspicious = apps.some(({ name }) => this.watches.get(name)?.samples.at(-1)?.seen !== 'good');
    const [looks, asked] = await Promise.all([
      mapBounded(apps, AT_ONCE, app => this.lookAt(app)),
      everything || suspicious ? canSee(deps) : undefined,
    ]);
    const bad = looks.some(({ look }) => look.sample.seen === 'bad');
    const sees = asked ?? (bad ? await canSee(deps) : undefined);
    const seen = looks.map(({ app, look }) => ({
      app,
      look: sees === false ? { ...look, sample: blinded(look.sample) } : look,
    }));
    await mapBounded(seen, AT_ONCE, ({ app, look }) => this.remember(app, look.sample, everything));
    return { apps: seen, ...(sees === undefined ? {} : { sees }) };
  }

  /** The other site's Kubernetes API: a signal of its own, which moves nothing. Undefined when nothing is watched. */
  async sampleApi(): Promise<Sample | undefined> {
    return this.watchedApps().length > 0 ? sampleCluster(this.deps, this.other) : undefined;
  }

  /** What the Lambda before this one saw: a dwell time does not begin anew with each minute. */
  private async recall(apps: readonly App[]): Promise<void> {
    const unknown = apps.filter(({ name }) => !this.watches.has(name));
    await mapBounded(unknown, AT_ONCE, async ({ name }) => {
      const watch = await this.deps.ledger.watch(name);
      if (watch?.site === this.other) this.watches.set(name, watch);
    });
  }

  private async lookAt(app: App): Promise<{ app: App; look: SiteLook }> {
    if (!app.endpoint) throw new Error(`${app.name} has no endpoint and cannot be looked at.`);
    return { app, look: await lookAtSite(this.deps, app, app.endpoint, this.other) };
  }

  private async remember(app: App, sample: Sample, everything: boolean): Promise<void> {
    const before = this.watches.get(app.name);
    const after = watched(before, this.other, sample, app.dwellSeconds);
    this.watches.set(app.name, after);
    if (before?.verdict.word !== after.verdict.word) {
      const { word, reasons } = after.verdict;
      const samples = explained(after.samples);
      this.deps.log('verdict', { app: app.name, site: this.other, word, reasons, samples });
    }
    if (!everything && !isNews(before, after)) return;
    await this.deps.ledger.changeWatch(app.name, now =>
      // The one before this may have written a sample since.
      now && now.at > (before?.at ?? 0) ? watched(now, this.other, sample, app.dwellSeconds) : after,
    );
  }
}
