import { type CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Clock } from '../../../core/clock';
import { awsCall } from './call';

const DEADLINE_MS = 3000;
export const NAMESPACE = 'Lifeboat';

export interface Metric {
  name: string;
  value: number;
  unit: 'Seconds' | 'Count';
  dimensions: Record<string, string>;
}

/** Numbers for dashboards and alarms of the user's own. */
export class Metrics {
  constructor(
    private readonly client: Pick<CloudWatchClient, 'send'>,
    private readonly clock: Clock,
  ) {}

  async put(metrics: readonly Metric[]): Promise<void> {
    if (metrics.length === 0) return;
    const MetricData = metrics.map(({ name, value, unit, dimensions }) => ({
      MetricName: name,
      Value: value,
      Unit: unit,
      Timestamp: new Date(this.clock.now()),
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    }));
    await awsCall(this.clock, 'CloudWatch PutMetricData', DEADLINE_MS, abort =>
      this.client.send(new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData }), abort),
    );
  }
}
