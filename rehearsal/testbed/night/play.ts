import type { Scenario } from '../../scenario';
import { Customer } from '../customer';
import { aftermath } from './aftermath';
import { playNight } from './night';
import { loadBallast, prepare } from './prepare';
import type { TestbedReport } from './report';
import { asExpected } from './reporting';
import type { Stage } from './stage';

/** Plays one scenario, and what comes after it, on a bed whose shop is open. */
export async function play(
  given: Omit<Stage, 'customer' | 'ballast'>,
  scenario: Scenario,
): Promise<TestbedReport> {
  const { bed } = given;
  const began = Date.now();
  const endpoint = bed.config.apps[0]?.endpoint;
  if (!endpoint) throw new Error('the shop of the test bed has one app with a main name');
  const customer = await Customer.arrive(bed.folder, endpoint.main, endpoint.ttlSeconds, bed.pebble.rootFile);
  try {
    const stage: Stage = { ...given, customer, ballast: await loadBallast(bed) };
    const settled = await prepare(stage, scenario.given.active);
    const report = await playNight(stage, scenario, settled);
    await aftermath(stage, report);
    report.asExpected = asExpected(report) && report.failback?.asExpected !== false;
    report.wallSeconds = (Date.now() - began) / 1000;
    return report;
  } finally {
    await customer.leave();
  }
}
