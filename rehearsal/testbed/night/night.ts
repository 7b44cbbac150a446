import { describe } from '../../embedded/describe';
import type { Scenario } from '../../scenario';
import { ORDERS } from '../bed';
import { memoryMiB } from '../host/memory';
import { unlike } from './compare';
import { Director } from './director';
import { gather } from './facts';
import type { TestbedReport } from './report';
import { asExpected, reportOf } from './reporting';
import type { Stage } from './stage';
import { playTwin } from './twin';
import { Watch } from './watch';

/** Plays a scenario whose beginning is prepared. @param settled since when the shop lives where it does */
export async function playNight(stage: Stage, scenario: Scenario, settled: number): Promise<TestbedReport> {
  const { bed, listener } = stage;
  listener({
    kind: 'scenario',
    at: Date.now(),
    name: scenario.name,
    story: scenario.story.trim(),
    manifests: { primary: 'orders/primary', dr: 'orders/dr' },
  });
  const director = new Director(bed, scenario, action =>
    listener({ kind: 'happens', at: Date.now(), text: describe(action, bed.config) }),
  );
  const memory = memoryMiB();
  const from = Date.now();
  director.begin();
  const endPeace = bed.keepLooking();
  try {
    const mains = await new Watch(bed, director, scenario, listener, from).untilQuiet();
    const facts = await gather(stage, { scenario, from, settled, mains, outageAt: director.outageAt });
    const report = reportOf(facts, {
      config: bed.config,
      delays: bed.delays(),
      versions: stage.versions,
      memoryMiB: memory,
    });
    const twin = await playTwin(bed.config, ORDERS, scenario);
    report.unlikeEmbedded = unlike(report, twin);
    report.asExpected = asExpected(report);
    return report;
  } finally {
    endPeace();
    director.stop();
  }
}
