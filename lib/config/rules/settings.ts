/** Sites, notifications and data sources. */
import type { Rule } from '../draft';
import { appsOf, found, repeats } from '../draft';
import { pathText, show } from '../problem';

export const regionsDiffer: Rule = config => {
  const { primary, dr } = config.sites ?? {};
  if (primary?.region === undefined || primary.region !== dr?.region) return [];
  const message = `${show(dr.region)} is the Region of the primary too; a lost Region would take both sites, so use another`;
  return [found(['sites', 'dr', 'region'], message)];
};

/** CloudFormation makes the failover records with the credentials of this account. */
export const zoneOfThisAccount: Rule = config => {
  // Left out it is standby-switch; what is written and no switch at all says nothing about zones.
  if ('switch' in config && config.switch !== 'standby-switch') return [];
  const zones = [
    { zone: config.zone, path: ['zone'] },
    ...appsOf(config).map(({ app, path }) => ({ zone: app.zone, path: [...path, 'zone'] })),
  ];
  return zones
    .filter(({ zone }) => zone !== undefined && 'role' in zone)
    .map(({ path }) =>
      found(
        [...path, 'role'],
        'standby-switch makes the records of main itself, in a zone of this account; remove it, or write switch: cname',
        'key',
      ),
    );
};

/** `{ email: …, sms: … }` reads like one recipient and would silently be two; two entries say it. */
export const oneKeyPerNotification: Rule = config =>
  (config.notify ?? []).flatMap((entry, index) => {
    const count = Object.keys(entry ?? {}).length;
    if (entry === undefined || count === 1) return [];
    const message =
      count === 0
        ? 'names nobody; write one of email, https, sms, sqs and topic'
        : `has ${count} keys (${Object.keys(entry).join(', ')}); write an entry of its own for each`;
    return [found(['notify', index], message)];
  });

export const notifyOnce: Rule = config => {
  const entries = (config.notify ?? []).map((entry, index) => ({
    text: recipient(entry),
    path: ['notify', index],
  }));
  return repeats(entries, ({ text }) => text).map(({ entry, first }) =>
    found(entry.path, `the same as ${pathText(first.path)}; keep one, or it is told twice`),
  );
};

function recipient(entry: object | undefined): string | undefined {
  const pairs = Object.entries(entry ?? {});
  return pairs.length === 1 && pairs[0]?.[1] !== undefined ? pairs[0].join(' ') : undefined;
}

/**
 * Route 53's health checks take 2xx and 3xx for healthy and nothing else, so the alarm of an app that answers otherwise
 * would be on for ever and tell nothing.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
 */
export const statusThatRoute53Takes: Rule = config =>
  appsOf(config).flatMap(({ app, path }) => {
    const status = app.health?.status;
    if (typeof status !== 'number' || (status >= 200 && status < 400) || app.trigger === 'manual') return [];
    const message = `${status} is never healthy to Route 53's health checks; use a path that answers 200 to 399, or trigger: manual`;
    return [found([...path, 'health', 'status'], message)];
  });

export const oneDataSource: Rule = config =>
  appsOf(config).flatMap(({ app, path }) => {
    const { data } = app;
    if (data === undefined) return [];
    const at = [...path, 'data'];
    if ('schedule' in data && 'backup' in data) {
      return [found([...at, 'backup'], 'schedule is given too; keep one of schedule and backup', 'key')];
    }
    if ('schedule' in data || 'backup' in data) return [];
    return [
      found([...at, 'schedule'], "is missing; write the name of the app's Velero schedule, or of a backup"),
    ];
  });
