import type { TestbedReport } from '../../rehearsal/testbed/night/report';

/** What the customer of the test bed saw, in a few lines. */
export function customerLines(report: TestbedReport): string[] {
  const { client, failback, unlikeEmbedded, delays, parts } = report;
  const { outageSeconds, visits, failed } = client;
  const away =
    outageSeconds === null
      ? 'was not served by the activated site after an outage'
      : `was away for ${outageSeconds.toFixed(1)} s, from the first failure to the first good answer`;
  return [
    '',
    'The customer:',
    `  ${away}; ${failed} of ${visits} visits failed`,
    `  ${client.ordersAcked} orders were acknowledged; ${client.ordersMissingBeforeBackup} from before the backup are missing, ` +
      `${client.ordersLostSinceBackup} after it are lost, ${client.ordersLostByActivated} of the activated site are missing`,
    ...client.certificate.map(
      ({ site, certificate }) =>
        `  ${site} showed ${certificate.names.join(' and ')}, by ${certificate.issuer}`,
    ),
    '',
    unlikeEmbedded.length === 0
      ? 'The embedded rehearsal of the scenario goes the same way and says the same.'
      : 'Not as the embedded rehearsal of the scenario:',
    ...unlikeEmbedded.map(line => `  ${line}`),
    ...client.returns.flatMap(afterReturn),
    ...(failback ? afterFailback(failback) : []),
    '',
    "AWS's delays, real and here:",
    ...Object.entries(delays).map(([name, { real, here }]) => `  ${name}: ${real} s, ${here} s`),
    '',
    `Memory of the whole bed as the night began: ${report.memoryMiB} MiB`,
    `Parts: ${Object.entries(parts)
      .slice(0, 12)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}, and ${Math.max(0, Object.keys(parts).length - 12)} more in --format json`,
  ];
}

function afterReturn({
  site,
  restsAfterSeconds,
  served,
  written,
}: TestbedReport['client']['returns'][number]) {
  return [
    '',
    `Then ${site} came back:`,
    `  ${restsAfterSeconds === undefined ? 'nobody put it to rest' : `it was at rest ${restsAfterSeconds.toFixed(1)} s after it began to boot`}; ` +
      `it served ${served} customers and took ${written} orders`,
  ];
}

/** In short: the failback is a scenario of its own. */
function afterFailback({ outcome, asExpected, client, ...rest }: TestbedReport): string[] {
  const { outageSeconds, ordersAcked, ordersMissingBeforeBackup, ordersLostSinceBackup } = client;
  return [
    '',
    `Then the shop went home: ${outcome}, ${asExpected ? 'as expected' : 'NOT as expected'}`,
    `  the customer was away for ${outageSeconds === null ? 'good' : `${outageSeconds.toFixed(1)} s`}`,
    `  ${ordersAcked} orders were acknowledged at dr and at home; ${ordersMissingBeforeBackup} from before the backup ` +
      `are missing, ${ordersLostSinceBackup} after it are lost`,
    ...[...rest.differences, ...rest.unlikeEmbedded].map(line => `  Not as expected: ${line}`),
    ...rest.invariants
      .filter(({ holds }) => !holds)
      .map(({ id, evidence }) => `  ${id} is broken: ${evidence}`),
  ];
}
