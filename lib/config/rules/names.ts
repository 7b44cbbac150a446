/** Names: what must be unique, and in which hosted zone it must lie. */
import type { DraftApp, DraftConfig, Finding, Rule } from '../draft';
import { appsOf, found, repeats } from '../draft';
import { type Path, pathText, show } from '../problem';

interface Named {
  name: string | undefined;
  path: Path;
}

/** @param what with its article: `an app` */
function unique(entries: readonly Named[], what: string): Finding[] {
  return repeats(entries, entry => entry.name).map(({ entry, first }) =>
    found(
      entry.path,
      `${show(entry.name)} is taken by ${pathText(first.path)}; ${what} needs a name of its own`,
    ),
  );
}

export const appNames: Rule = config =>
  unique(
    appsOf(config).map(({ app, path }) => ({ name: app.name, path: [...path, 'name'] })),
    'an app',
  );

/** Two of these being one would make two external-dns, or external-dns and Lifeboat, fight over one record. */
export const dnsNames: Rule = config =>
  unique(
    appsOf(config).flatMap(({ app, path }) => dnsNamesOf(app, path)),
    'each main name and each site name',
  );

function dnsNamesOf(app: DraftApp, path: Path): Named[] {
  return [
    { name: app.main, path: [...path, 'main'] },
    { name: app.hosts?.primary, path: [...path, 'hosts', 'primary'] },
    { name: app.hosts?.dr, path: [...path, 'hosts', 'dr'] },
  ];
}

export const namesInZone: Rule = config =>
  appsOf(config).flatMap(({ app, path }) => {
    const zone = zoneNameOf(config, app);
    if (zone === undefined) return [];
    const outside = dnsNamesOf(app, path).filter(({ name }) => name !== undefined && !inZone(name, zone));
    const findings = outside.map(({ name, path: at }) =>
      found(
        at,
        `${show(name)} is not in the zone ${zone}; write a name that ends with .${zone}, or give the app its own zone`,
      ),
    );
    if (app.main === zone) {
      const message = `${show(zone)} is the zone itself, where DNS allows no CNAME; write a name below it, like www.${zone}`;
      findings.push(found([...path, 'main'], message));
    }
    return findings;
  });

/** An app's zone that is written but invalid gives no name: then nothing can be said. */
function zoneNameOf(config: DraftConfig, app: DraftApp): string | undefined {
  return 'zone' in app ? app.zone?.name : config.zone?.name;
}

function inZone(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

/** What belongs to a main name; a worker has none of it. */
const OF_THE_MAIN_NAME = ['ttl', 'records', 'health', 'zone'] as const;

export const mainAndHostsTogether: Rule = config =>
  appsOf(config).flatMap(({ app, path }) => {
    const [main, hosts] = ['main' in app, 'hosts' in app];
    if (main && hosts) return [];
    if (main)
      return [
        found([...path, 'hosts'], 'is missing; an app with main needs hosts, like { primary: …, dr: … }'),
      ];
    if (hosts)
      return [
        found([...path, 'main'], 'is missing; an app with hosts needs main, the name that customers use'),
      ];
    return OF_THE_MAIN_NAME.filter(key => key in app).map(key =>
      found([...path, key], `a worker has no ${key}; remove it, or give the app main and hosts`, 'key'),
    );
  });

export const dependencyNames: Rule = config =>
  unique(
    (config.dependencies ?? []).map((entry, index) => ({
      name: entry?.name,
      path: ['dependencies', index, 'name'],
    })),
    'a dependency',
  );
