import type { App, SiteName } from '../../core/config';
import type { AppRun } from '../../core/ledger';
import { phasesOf, splitOf } from '../phases';
import type { AppReport } from '../report';
import type { Night } from './cloud/night';
import { writtenUntil } from './cloud/volumes';
import type { Interval } from './network/client';

/** What is known of an app's part in the night, from the world and from the ledger's timeline. */
export interface AppNight {
  night: Night;
  app: App;
  activate: SiteName;
  before: SiteName | undefined;
  /** When something happened to the app; absent in a night in which only a run may keep customers waiting. */
  outageAt: number | undefined;
  runStartedAt: number;
  record: AppRun | undefined;
}

export function appReport({
  night,
  app,
  activate,
  before,
  outageAt: lostAt,
  runStartedAt,
  record,
}: AppNight): AppReport {
  const after = night.mainAt(app)[0] ?? 'elsewhere';
  const intervals = night.customers.get(app.name)?.intervals() ?? [];
  const outageAt = lostAt ?? intervals.find(({ good, from }) => !good && from >= runStartedAt)?.from;
  const back = servedAgainAt(intervals, night.regionOf(activate), outageAt);
  const moved = app.endpoint !== undefined && before !== undefined && after === activate && before !== after;
  const rto = moved && outageAt !== undefined && back !== undefined ? (back - outageAt) / 1000 : undefined;
  const rpo = rpoSeconds(night, app, activate, outageAt ?? runStartedAt, record);
  return {
    name: app.name,
    outcome: record?.end?.outcome ?? 'none',
    main: app.endpoint ? { ...(before ? { before } : {}), after } : {},
    ...(rto === undefined ? {} : { rtoSeconds: rto }),
    ...(rto === undefined || !record ? {} : splitOf(record, outageAt, runStartedAt, back)),
    ...(rpo === undefined ? {} : { rpoSeconds: rpo }),
    phases: record ? phasesOf(record) : [],
  };
}

/** The first moment after the outage at which a customer got a good answer from the site that was activated. */
function servedAgainAt(
  intervals: readonly Interval[],
  region: string,
  outageAt: number | undefined,
): number | undefined {
  return intervals.find(({ from, good, site }) => good && site === region && from >= (outageAt ?? 0))?.from;
}

/** How old the newest data are on the volumes of the activated site, counted back from the outage. */
function rpoSeconds(
  night: Night,
  app: App,
  activate: SiteName,
  outageAt: number,
  record: AppRun | undefined,
): number | undefined {
  const restored = record?.phases.restore?.outcome === 'done';
  if (!app.data || !restored) return undefined;
  const { metadata } = restoreOf(night, app, activate) ?? {};
  const backup = metadata ? night.bucket.get(metadata) : undefined;
  const contents =
    backup?.podVolumeBackups.map(
      ({ status }) => (status as { snapshotID?: string } | undefined)?.snapshotID,
    ) ?? [];
  const written = contents.flatMap(id => writtenUntil(id ? night.bucket.snapshot(id) : undefined) ?? []);
  return written.length === 0 ? undefined : Math.max(0, (outageAt - Math.min(...written)) / 1000);
}

/** The name of the backup that was restored into the app's namespaces, as the cluster has it. */
function restoreOf(night: Night, app: App, site: SiteName): { metadata: string } | undefined {
  const { store } = night.clusters[site];
  const restores = store.list(store.typeOf('velero.io/v1', 'Restore'));
  const ours = restores.findLast(({ spec }) =>
    (spec as { includedNamespaces?: string[] }).includedNamespaces?.some(namespace =>
      app.namespaces.includes(namespace),
    ),
  );
  const backup = (ours?.spec as { backupName?: string } | undefined)?.backupName;
  return backup === undefined ? undefined : { metadata: backup };
}
