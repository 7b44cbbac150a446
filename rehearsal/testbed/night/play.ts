import { setTimeout as wait } from 'node:timers/promises';
import type { SiteName } from '../../../core/config';
import type { AppRun } from '../../../core/ledger';
import { describe } from '../../embedded/describe';
import type { Listener } from '../../events';
import { differences } from '../../expectations';
import { outcomeOf } from '../../messages';
import { phasesOf, splitOf } from '../../phases';
import type { AppReport } from '../../report';
import type { Scenario } from '../../scenario';
import type { Bed, RunView } from '../bed';
import type { Visit } from '../client/journal';
import { type OrdersReport, ordersReport } from '../client/orders';
import { failoverSeconds } from '../client/outage';
import { Customer } from '../customer';
import { Shop } from '../shop';
import { Director } from './director';
import { findings } from './judge';
import { recordsOf } from './ledger';
import type { TestbedReport } from './report';
import { messagesOf, siteOf, Watch } from './watch';

export interface Play {
  bed: Bed;
  scenario: Scenario;
  listener: Listener;
  /** What happens before the night. */
  say: (line: string) => void;
  versions: Record<string, string>;
}

const LOOK_MS = 500;

/** Plays one scenario on a bed whose shop is open. @throws CannotAct */
export async function play({ bed, scenario, listener, say, versions }: Play): Promise<TestbedReport> {
  const started = Date.now();
  const director = new Director(bed, scenario, action =>
    listener({ kind: 'happens', at: Date.now(), text: describe(action, bed.config) }),
  );
  const [app] = bed.config.apps;
  const endpoint = app?.endpoint;
  if (!app || !endpoint) throw new Error('the shop of the test bed has one app with a main name');
  const { active } = scenario.given;
  const activate: SiteName = active === 'primary' ? 'dr' : 'primary';
  const customer = await Customer.arrive(bed.folder, endpoint.main, endpoint.ttlSeconds, bed.pebble.rootFile);
  try {
    listener({
      kind: 'scenario',
      at: Date.now(),
      name: scenario.name,
      story: scenario.story.trim(),
      manifests: { primary: 'orders/primary', dr: 'orders/dr' },
    });
    let settled = 0;
    await backUp(bed, 'primary', say);
    if (active === 'dr') {
      await moveToDr(bed, say);
      settled = Date.now();
      await backUp(bed, 'dr', say);
    }
    await bed.lookInPeace();
    say('Both sites have looked whether they could take over.');
    const from = Date.now();
    director.begin();
    const mains = await new Watch(bed, director, scenario, listener, from).untilQuiet();
    director.stop();
    const messages = await messagesOf(bed, from);
    const states = (await bed.enteredStates()).filter(({ at }) => at >= from).map(({ state }) => state);
    const calls = bed.lifeboatCalls(from);
    await customer.leave();
    // What was ordered where the shop had lived before is lost already, and not tonight.
    const all = customer.visits().filter(({ at }) => at >= settled);
    const visits = all.filter(({ at }) => at >= from);
    const runs = (await bed.runs()).filter(({ start }) => start >= from);
    const told = new Set(messages.map(({ attributes }) => attributes.run));
    const run = runs.filter(({ name }) => told.has(name)).at(-1);
    const records = run ? await recordsOf(bed, run) : [];
    const record = records.find(each => each.app === app.name);
    const restored = await restoreOf(bed, activate, from);
    const orders = restored && (await ordersOf(bed, activate, all, restored));
    const seconds = failoverSeconds(visits, activate, director.outageAt ?? from);
    const outageAt = director.outageAt;
    const good = visits.find(({ ok, site, at }) => ok && site === activate && at >= (outageAt ?? from));
    const after = siteOf(bed, mains.at(-1)?.target);
    const report: TestbedReport = {
      scenario: scenario.name,
      activate,
      mode: 'failover',
      outcome: outcomeOf(run?.name, messages),
      expected: scenario.expect.outcome,
      asExpected: false,
      differences: [],
      reasons: records.flatMap(({ end, notes }) =>
        [...(end?.reasons ?? []), ...notes].map(line => `${app.name}: ${line}`),
      ),
      next: [...new Set(records.flatMap(({ end }) => end?.next ?? []))],
      apps: [appReport(app.name, record, active, after, outageAt, run, good && good.at + good.ms, restored)],
      notifications: messages.map(({ at, subject = '', text }) => ({
        at: new Date(at).toISOString(),
        subject,
        text,
      })),
      invariants: findings({
        visits,
        orders,
        mains,
        hosts: Object.values(endpoint.hosts),
        main: endpoint.main,
      }),
      states,
      calls,
      notes: [],
      virtualSeconds: (Date.now() - from) / 1000,
      wallSeconds: (Date.now() - started) / 1000,
      client: {
        outageSeconds: seconds ?? null,
        visits: visits.length,
        failed: visits.filter(({ ok }) => !ok).length,
        ordersAcked: all.filter(({ ok }) => ok).length,
        ordersMissingBeforeBackup: orders?.missingBeforeBackup.length ?? 0,
        ordersLostSinceBackup: orders?.lostSinceBackup.length ?? 0,
        ordersLostByActivated: orders?.lostByActivated.length ?? 0,
        certificate: certificatesOf(visits),
      },
      delays: bed.route53.delays(),
      parts: versions,
    };
    report.differences = differences(
      scenario,
      bed.config,
      report,
      messages,
      await bed.restoresSince(activate, from),
    );
    report.asExpected = report.differences.length === 0 && report.invariants.every(({ holds }) => holds);
    return report;
  } finally {
    director.stop();
    await customer.leave();
  }
}

function appReport(
  name: string,
  record: AppRun | undefined,
  before: SiteName,
  after: SiteName | undefined,
  outageAt: number | undefined,
  run: RunView | undefined,
  back: number | undefined,
  restored: { backupStartedAt: number } | undefined,
): AppReport {
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

/** Makes a backup as a person does, and waits until the other site has seen it: Velero looks once a minute. */
async function backUp(bed: Bed, site: SiteName, say: (line: string) => void): Promise<void> {
  const name = await bed.backUp(site);
  say(`Both sites know the backup ${name} of ${site}.`);
}

async function moveToDr(bed: Bed, say: (line: string) => void): Promise<void> {
  const run = await bed.aws.startExecution(bed.regionOf('dr'), {
    activate: 'dr',
    reason: 'rehearsal begins in dr',
  });
  for (;;) {
    const { status, cause } = await bed.aws.execution(bed.regionOf('dr'), run);
    if (status === 'SUCCEEDED') break;
    if (status !== 'RUNNING') throw new Error(`The shop could not be moved to dr before the night: ${cause}`);
    await wait(LOOK_MS);
  }
  say('The shop lives in dr now.');
}

async function restoreOf(
  bed: Bed,
  site: SiteName,
  from: number,
): Promise<{ backupStartedAt: number } | undefined> {
  const { kubectl, alive } = bed.regions[site];
  if (!alive) return undefined;
  const restores = await kubectl.list('restores.velero.io', 'velero');
  const last = restores
    .filter(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '') >= from - 1000)
    .at(-1);
  const name = last?.spec?.backupName;
  if (typeof name !== 'string') return undefined;
  const backup = await kubectl.get('backups.velero.io', name, 'velero');
  return { backupStartedAt: Date.parse(String(backup?.status?.startTimestamp)) };
}

async function ordersOf(
  bed: Bed,
  activated: SiteName,
  visits: readonly Visit[],
  { backupStartedAt }: { backupStartedAt: number },
): Promise<OrdersReport> {
  const found = await new Shop(bed.regions[activated].kubectl).orders();
  return ordersReport(visits, { backupStartedAt, activated, found });
}

function certificatesOf(visits: readonly Visit[]): TestbedReport['client']['certificate'] {
  const list: TestbedReport['client']['certificate'] = [];
  for (const { ok, site, certificate } of visits) {
    if (ok && site && certificate && list.at(-1)?.site !== site) list.push({ site, certificate });
  }
  return list;
}
