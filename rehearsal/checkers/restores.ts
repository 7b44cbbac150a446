import { SITE_NAMES, type SiteName } from '../../core/config';
import type { KubeObject } from '../embedded/kubernetes/object';
import { type Checker, clockTime, count, type Finding, found, type Watched } from './checker';

interface Created {
  site: SiteName;
  name: string;
  app: string;
  at: number;
}

/**
 * Sees every Restore that appears in a cluster. I6: a run that is cut and started again makes no second restore. I7: no
 * restore into a namespace that is serving main.
 */
export class Restores {
  readonly checkers: Checker[] = [
    { id: 'I6', finding: () => this.onlyOne() },
    { id: 'I7', finding: () => this.notServing() },
  ];
  readonly created: Created[] = [];
  private readonly serving: string[] = [];

  constructor({ night }: Watched) {
    for (const site of SITE_NAMES) {
      night.clusters[site].store.watch(({ type, object }) => {
        if (object.kind !== 'Restore' || type !== 'ADDED') return;
        for (const app of night.config.apps) {
          if (!namespacesOf(object).some(namespace => app.namespaces.includes(namespace))) continue;
          this.created.push({ site, name: object.metadata.name, app: app.name, at: night.clock.now() });
          if (!night.mainAt(app).includes(site)) continue;
          this.serving.push(
            `${object.metadata.name} began at ${clockTime(night.clock.now())} while ${site} served ${app.name}`,
          );
        }
      });
    }
  }

  private onlyOne(): Finding {
    const byApp = new Map<string, Created[]>();
    for (const restore of this.created) {
      const key = `${restore.app} on ${restore.site}`;
      byApp.set(key, [...(byApp.get(key) ?? []), restore]);
    }
    const violations = [...byApp]
      .filter(([, restores]) => restores.length > 1)
      .map(
        ([key, restores]) =>
          `${restores.length} restores of ${key}: ${restores.map(({ name }) => name).join(', ')}`,
      );
    return found(
      'I6',
      violations,
      `${count(this.created.length, 'restore')} created, at most one for each app and site`,
    );
  }

  private notServing(): Finding {
    return found(
      'I7',
      this.serving,
      `${count(this.created.length, 'restore')} created, none into a site that served`,
    );
  }
}

function namespacesOf(restore: KubeObject): string[] {
  const { includedNamespaces = [], namespaceMapping = {} } = (restore.spec ?? {}) as {
    includedNamespaces?: string[];
    namespaceMapping?: Record<string, string>;
  };
  // Where it goes counts: a drill brings nothing into the app's own.
  return includedNamespaces.map(namespace => namespaceMapping[namespace] ?? namespace);
}
