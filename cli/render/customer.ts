import type { TestbedReport } from '../../rehearsal/testbed/night/report';

/** What the customer of the test bed saw, in a few lines. */
export function customerLines({ client, delays, parts }: TestbedReport): string[] {
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
    "AWS's delays, real and here:",
    ...Object.entries(delays).map(([name, { real, here }]) => `  ${name}: ${real} s, ${here} s`),
    '',
    `Parts: ${Object.entries(parts)
      .slice(0, 12)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}, and ${Math.max(0, Object.keys(parts).length - 12)} more in --format json`,
  ];
}
