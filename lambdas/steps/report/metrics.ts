import type { AppRun } from '../../../core/ledger';
import { outageSeconds } from '../../../core/report';
import type { Run } from '../../../core/run';
import type { Metric } from '../../adapters/aws/metrics';

/** What a run says about itself in numbers, by app. */
export function runMetrics(run: Run, apps: readonly AppRun[]): Metric[] {
  return apps.flatMap(record => {
    const { app, end, flippedAt, backup } = record;
    const dimensions = { App: app, Activate: run.activate };
    const metrics: Metric[] = [
      {
        name: 'Outcome',
        value: 1,
        unit: 'Count',
        dimensions: { ...dimensions, Outcome: end?.outcome ?? 'needs-attention' },
      },
    ];
    if (flippedAt !== undefined) {
      metrics.push({
        name: 'SecondsToFlip',
        value: (flippedAt - run.startedAt) / 1000,
        unit: 'Seconds',
        dimensions,
      });
    }
    const outage = outageSeconds(record, run);
    if (outage !== undefined) metrics.push({ name: 'Outage', value: outage, unit: 'Seconds', dimensions });
    if (backup && end?.outcome === 'succeeded') {
      metrics.push({
        name: 'DataAge',
        value: (run.startedAt - backup.takenAt) / 1000,
        unit: 'Seconds',
        dimensions,
      });
    }
    return metrics;
  });
}
