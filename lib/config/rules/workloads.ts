/** Namespaces and the workloads in them. */
import type { Draft, DraftApp, Finding, Rule } from '../draft';
import { appsOf, found, repeats } from '../draft';
import { listed, type Path, pathText, show } from '../problem';
import type { RawWorkload } from '../schema-app';

/** They belong to the cluster: a fence that scales them down would take the site with it. */
const OF_THE_CLUSTER = ['kube-system', 'kube-public', 'kube-node-lease'];

export const namespacesNotShared: Rule = config => {
  const all = appsOf(config).flatMap(({ app, path }) =>
    (app.namespaces ?? []).map((name, index) => ({ name, app: path, path: [...path, 'namespaces', index] })),
  );
  return repeats(all, ({ name }) => name).map(({ entry, first }) =>
    found(
      entry.path,
      entry.app === first.app
        ? `${show(entry.name)} stands twice; keep one`
        : `${show(entry.name)} belongs to ${pathText(first.app)} already; two apps cannot share a namespace`,
    ),
  );
};

export const namespacesOfTheApp: Rule = config =>
  appsOf(config).flatMap(({ app, path }) => {
    const velero = app.data?.veleroNamespace ?? 'velero';
    return (app.namespaces ?? []).flatMap((name, index) => {
      const at = [...path, 'namespaces', index];
      if (name === undefined) return [];
      if (OF_THE_CLUSTER.includes(name)) {
        return [found(at, `${show(name)} belongs to the cluster; name the app's own namespaces`)];
      }
      if (app.data !== undefined && name === velero) {
        return [found(at, `${show(name)} is where Velero runs, which must not move with the app`)];
      }
      return [];
    });
  });

interface Placed {
  workload: Draft<RawWorkload>;
  path: Path;
}

function workloadsOf(app: DraftApp, path: Path): Placed[] {
  return (app.workloads ?? []).flatMap((workload, index) =>
    workload === undefined ? [] : [{ workload, path: [...path, 'workloads', index] }],
  );
}

export const workloadNamespaces: Rule = config =>
  appsOf(config).flatMap(({ app, path }) => {
    const namespaces = app.namespaces ?? [];
    const known = namespaces.filter(name => name !== undefined);
    // With an unreadable namespace in the list nothing certain can be said.
    if (known.length === 0 || known.length < namespaces.length) return [];
    return workloadsOf(app, path).flatMap(({ workload, path: at }) => namespaceOf(workload, at, known));
  });

function namespaceOf(workload: Draft<RawWorkload>, path: Path, known: readonly string[]): Finding[] {
  const at = [...path, 'namespace'];
  if (!('namespace' in workload)) {
    if (known.length === 1) return [];
    return [found(at, `is missing; the app has several namespaces, so write ${listed(known)}`)];
  }
  const { namespace } = workload;
  if (namespace === undefined || known.includes(namespace)) return [];
  return [found(at, `${show(namespace)} is not a namespace of this app; write ${listed(known)}`)];
}

export const workloadsOnce: Rule = config =>
  appsOf(config).flatMap(({ app, path }) =>
    repeats(workloadsOf(app, path), ({ workload }) => identity(app, workload)).map(({ entry, first }) =>
      found(
        entry.path,
        `${entry.workload.kind} ${entry.workload.name} is ${pathText(first.path)} already; keep one`,
      ),
    ),
  );

function identity(app: DraftApp, { kind, name, namespace }: Draft<RawWorkload>): string | undefined {
  const where = namespace ?? (app.namespaces?.length === 1 ? app.namespaces[0] : undefined);
  if (kind === undefined || name === undefined || where === undefined) return undefined;
  return `${kind}/${where}/${name}`;
}

/** Kubernetes keeps 11 of 63 characters for the Jobs that a CronJob makes. */
const CRON_JOB_NAME_MAX = 52;

export const cronJobs: Rule = config =>
  appsOf(config).flatMap(({ app, path }) =>
    workloadsOf(app, path).flatMap(({ workload, path: at }) => {
      if (workload.kind !== 'CronJob') return [];
      const findings: Finding[] = [];
      if ('replicas' in workload) {
        const message = 'a CronJob has no replicas, it is suspended and resumed; remove them';
        findings.push(found([...at, 'replicas'], message, 'key'));
      }
      if (workload.name !== undefined && workload.name.length > CRON_JOB_NAME_MAX) {
        const message = `${show(workload.name)} is too long for a CronJob; at most ${CRON_JOB_NAME_MAX} characters`;
        findings.push(found([...at, 'name'], message));
      }
      return findings;
    }),
  );
