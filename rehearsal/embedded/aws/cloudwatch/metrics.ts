/** A value and the moment that it is about, which is not the moment when it arrives. */
interface Sample {
  at: number;
  value: number;
  /** How often the value occurred (`Counts`). */
  count: number;
}

export interface MetricId {
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, string>>;
}

export type Statistic = 'Average' | 'Minimum' | 'Maximum' | 'Sum' | 'SampleCount';

/** The metrics of one Region. */
export class MetricStore {
  private readonly samples = new Map<string, Sample[]>();

  put(metric: MetricId, sample: Sample): void {
    const key = metricKey(metric);
    const samples = this.samples.get(key) ?? [];
    samples.push(sample);
    this.samples.set(key, samples);
  }

  /** @returns the statistic over [from, to), or undefined when nothing arrived for it. */
  statistic(metric: MetricId, statistic: Statistic, from: number, to: number): number | undefined {
    const samples = (this.samples.get(metricKey(metric)) ?? []).filter(({ at }) => at >= from && at < to);
    if (samples.length === 0) return undefined;
    const count = samples.reduce((sum, sample) => sum + sample.count, 0);
    const sum = samples.reduce((total, sample) => total + sample.value * sample.count, 0);
    const values = samples.map(({ value }) => value);
    switch (statistic) {
      case 'Average':
        return sum / count;
      case 'Minimum':
        return Math.min(...values);
      case 'Maximum':
        return Math.max(...values);
      case 'Sum':
        return sum;
      case 'SampleCount':
        return count;
    }
  }

  /** All values of a metric in the order of arrival, for assertions. */
  values(metric: MetricId): { at: number; value: number }[] {
    return (this.samples.get(metricKey(metric)) ?? []).map(({ at, value }) => ({ at, value }));
  }
}

/** A metric is its namespace, its name and exactly its dimensions. */
function metricKey({ namespace, name, dimensions }: MetricId): string {
  const sorted = Object.entries(dimensions).sort(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify([namespace, name, sorted]);
}
