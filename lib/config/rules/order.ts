/** `after`: names that exist, and an order that can be kept. */
import type { DraftConfig, Finding, Rule } from '../draft';
import { appsOf, found, repeats } from '../draft';
import { type Path, show } from '../problem';
import { nearest } from '../suggest';

interface Wait {
  /** Undefined if the app's name cannot be read. */
  from: string | undefined;
  to: string;
  path: Path;
}

function waitsOf(config: DraftConfig): Wait[] {
  return appsOf(config).flatMap(({ app, path }) =>
    (app.after ?? []).flatMap((to, index) =>
      to === undefined ? [] : [{ from: app.name, to, path: [...path, 'after', index] }],
    ),
  );
}

export const afterNames: Rule = config => {
  const names = appsOf(config).flatMap(({ app }) => (app.name === undefined ? [] : [app.name]));
  return waitsOf(config).flatMap(({ from, to, path }) => {
    if (to === from) return [found(path, `${show(to)} is the app itself; remove it`)];
    if (names.includes(to)) return [];
    return [found(path, `no app is named ${show(to)}; ${advice(to, names)}`)];
  });
};

function advice(to: string, names: readonly string[]): string {
  const meant = nearest(to, names);
  return meant === undefined ? 'write the name of another app of this file' : `did you mean ${meant}?`;
}

export const afterOnce: Rule = config =>
  appsOf(config).flatMap(({ app, path }) => {
    const entries = (app.after ?? []).map((name, index) => ({ name, index }));
    return repeats(entries, ({ name }) => name).map(({ entry }) =>
      found([...path, 'after', entry.index], `${show(entry.name)} stands twice; keep one`),
    );
  });

/** Depth first; each wait that closes a circle is reported where it is written, with the whole circle. */
export const afterHasNoCycle: Rule = config => {
  const waits = waitsOf(config);
  const findings: Finding[] = [];
  const done = new Set<string>();
  const visit = (app: string, trail: readonly string[]): void => {
    if (done.has(app)) return;
    const here = [...trail, app];
    for (const { to, path } of waits.filter(({ from }) => from === app)) {
      if (to === app) continue; // has a message of its own
      const start = here.indexOf(to);
      if (start >= 0) {
        const circle = [...here.slice(start), to].join(' → ');
        findings.push(
          found(path, `the apps wait for each other in a circle: ${circle}; remove one of these`),
        );
      } else {
        visit(to, here);
      }
    }
    done.add(app);
  };
  for (const { app } of appsOf(config)) if (app.name !== undefined) visit(app.name, []);
  return findings;
};
