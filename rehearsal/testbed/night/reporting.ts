import type { Config } from '../../../core/config';
import { differences } from '../../expectations';
import { notificationsOf, outcomeOf, wordsOf } from '../../messages';
import { phasesOf, splitOf } from '../../phases';
import type { AppReport } from '../../report';
import { failoverSeconds } from '../client/outage';
import type { Delay } from '../route53/route53';
import type { Facts } from './facts';
import { findings } from './judge';
import type { ClientReport, TestbedReport } from './report';

export interface Around {
  config: Config;
  delays: Record<string, Delay>;
  versions: Record<string, string>;
  memoryMiB: number;
}

/** What the facts of a night mean. */
export function reportOf(facts: Facts, { config, delays, versions, memoryMiB }: Around): TestbedReport {
  const { scenario, activate, from, until, messages, records, run, mains, visits, orders } = facts;
  const [app] = config.apps;
  const endpoint = app?.endpoint;
  if (!app || !endpoint) throw new Error('the shop of the test bed has one app with a main name');
  const report: TestbedReport = {
    scenario: scenario.name,
    activate,
    mode: 'failover',
    outcome: outcomeOf(run?.name, messages),
    expected: scenario.expect.outcome,
    asExpected: false,
    differences: [],
    ...wordsOf(records, run && run.status !== 'SUCCEEDED' ? run.cause : undefined),
    apps: [appReport(app.name, facts)],
    notifications: notificationsOf(messages),
    invariants: findings({
      visits,
      orders,
      files: facts.files,
      mains,
      hosts: [...Object.values(endpoint.hosts), ...byHand(facts)],
      main: endpoint.main,
    }),
    states: [...facts.states],
    runs: [...facts.runs],
    calls: facts.calls,
    notes: [],
    virtualSeconds: (until - from) / 1000,
    wallSeconds: (until - from) / 1000,
    client: clientReport(facts),
    unlikeEmbedded: [],
    delays,
    memoryMiB,
    parts: versions,
  };
  report.differences = differences(scenario, config, report, messages, facts.restores);
  return report;
}

/** Where people have led main: that is not to be blamed on Lifeboat. */
function byHand({ scenario }: Facts): string[] {
  return scenario.night.flatMap(({ action }) => (action.do === 'change-record' ? [action.to] : []));
}

/** Whether everything came as the scenario expects and as it does embedded, and everything held. */
export function asExpected({ differences: found, unlikeEmbedded, invariants }: TestbedReport): boolean {
  return found.length + unlikeEmbedded.length === 0 && invariants.every(({ holds }) => holds);
}

function appReport(name: string, facts: Facts): AppReport {
  const { scenario, activate, after, from, outageAt, run, visits, records, restored } = facts;
  const before = scenario.given.active;
  const record = records.find(({ app }) => app === name);
  const good = visits.find(({ ok, site, at }) => ok && site === activate && at >= (outageAt ?? from));
  const back = good && good.at + good.ms;
  const moved = outageAt !== undefined && back !== undefined && after !== before;
  const split = record && run ? splitOf(record, outageAt, run.start, back) : {};
  return {
    name,
    outcome: record?.end?.outcome ?? 'none',
    main: { before, after: after ?? 'elsewhere' },
    ...(moved ? { rtoSeconds: (back - outageAt) / 1000, ...split } : {}),
    ...(restored && outageAt !== undefined
      ? { rpoSeconds: (outageAt - restored.backupStartedAt) / 1000 }
      : {}),
    phases: record ? phasesOf(record) : [],
  };
}

function clientReport({ visits, visitsBefore, orders, activate, outageAt, from }: Facts): ClientReport {
  return {
    outageSeconds: failoverSeconds(visits, activate, outageAt ?? from) ?? null,
    visits: visits.length,
    failed: visits.filter(({ ok }) => !ok).length,
    ordersAcked: visitsBefore.filter(({ ok }) => ok).length,
    ordersMissingBeforeBackup: orders?.missingBeforeBackup.length ?? 0,
    ordersLostSinceBackup: orders?.lostSinceBackup.length ?? 0,
    ordersLostByActivated: orders?.lostByActivated.length ?? 0,
    certificate: certificatesOf(visits),
    returns: [],
  };
}

function certificatesOf(visits: Facts['visits']): ClientReport['certificate'] {
  const list: ClientReport['certificate'] = [];
  for (const { ok, site, certificate } of visits) {
    if (ok && site && certificate && list.at(-1)?.site !== site) list.push({ site, certificate });
  }
  return list;
}
