import { type Activation, LEASE_SECONDS, type Lease, type Pause } from '../../../core/admission';
import type { Clock } from '../../../core/clock';
import type { Concerns } from '../../../core/concerns';
import type { SiteName } from '../../../core/config';
import { LeaseLost, WriteConflict } from '../../../core/errors';
import type { Duty, Watch } from '../../../core/guard';
import type { AppRun, Debt, Ledger, Peace, RunRecord, Seen } from '../../../core/ledger';
import type { Outage } from '../../../core/outage';
import type { Run } from '../../../core/run';
import type { Documents } from './documents';

const LIST_OF_RUNS = 'runs';
/** One partition, so that the guard reads all of them at once. */
const DEBTS = 'debts';
const DAY = 86_400;
/** Leases outlive their expiry by this much, so that tokens go on growing while anybody could still remember one. */
const LEASE_TTL = 90 * DAY;
const RECORD_TTL = 400 * DAY;

interface PauseRecord {
  pause?: Pause;
}

/** Empty once it is settled. */
interface DebtRecord {
  debt?: Debt;
}

interface LeaseRecord {
  token: number;
  lease?: Lease;
}

/** The ledger over the DynamoDB table of this Region. */
export class DynamoLedger implements Ledger {
  constructor(
    private readonly documents: Documents,
    private readonly clock: Clock,
    /** Before the names of leases and activations. */
    private readonly prefix: '' | 'drill-' = '',
  ) {}

  drills(): Ledger {
    return new DynamoLedger(this.documents, this.clock, 'drill-');
  }

  async pause(): Promise<Pause | undefined> {
    return (await this.documents.get<PauseRecord>({ pk: 'lifeboat', sk: 'pause' }))?.pause;
  }

  async setPause(pause: Pause | undefined): Promise<void> {
    await this.documents.change<PauseRecord>({ pk: 'lifeboat', sk: 'pause' }, () => (pause ? { pause } : {}));
  }

  async lease(app: string): Promise<Lease | undefined> {
    return (await this.documents.get<LeaseRecord>(this.leaseKey(app)))?.lease;
  }

  async takeLease(app: string, run: Run, seen: Lease | undefined): Promise<Lease> {
    const record = await this.documents.change<LeaseRecord>(
      this.leaseKey(app),
      now => {
        if (now?.lease && now.lease.runId !== run.id && now.lease.token !== seen?.token) {
          throw new WriteConflict(`Run ${now.lease.runId} was quicker to take the lease of ${app}.`);
        }
        const token = (now?.token ?? 0) + 1;
        const { id: runId, executionArn, activate } = run;
        return { token, lease: { runId, executionArn, activate, token, expiresAt: this.leaseEnd() } };
      },
      LEASE_TTL,
    );
    return record.lease as Lease;
  }

  async renewLease(app: string, runId: string): Promise<void> {
    await this.documents.change<LeaseRecord>(
      this.leaseKey(app),
      now => {
        if (now?.lease?.runId !== runId) {
          const holder = now?.lease ? `run ${now.lease.runId} holds it` : 'nobody holds it';
          throw new LeaseLost(
            `Run ${runId} lost the lease of ${app}: ${holder}. This run leaves the app alone.`,
          );
        }
        return { ...now, lease: { ...now.lease, expiresAt: this.leaseEnd() } };
      },
      LEASE_TTL,
    );
  }

  async releaseLease(app: string, runId: string): Promise<void> {
    if ((await this.lease(app))?.runId !== runId) return;
    await this.documents.change<LeaseRecord>(
      this.leaseKey(app),
      now => (now?.lease?.runId === runId ? { token: now.token } : (now ?? { token: 0 })),
      LEASE_TTL,
    );
  }

  activation(app: string): Promise<Activation | undefined> {
    return this.documents.get(appKey(app, `${this.prefix}activation`));
  }

  changeActivation(app: string, change: (now: Activation | undefined) => Activation): Promise<Activation> {
    return this.documents.change(appKey(app, `${this.prefix}activation`), change);
  }

  run(id: string): Promise<RunRecord | undefined> {
    return this.documents.get(runKey(id));
  }

  async recentRuns(limit: number): Promise<RunRecord[]> {
    const listed = await this.documents.query<{ id: string }>(LIST_OF_RUNS, '', { limit, newestFirst: true });
    const records = await Promise.all(listed.map(({ id }) => this.run(id)));
    return records.filter(record => record !== undefined);
  }

  async changeRun(id: string, change: (now: RunRecord | undefined) => RunRecord): Promise<RunRecord> {
    const known = await this.run(id);
    if (!known) {
      // First the list, then the record: a run that is cut in between is listed without a record, and left out.
      const sk = `${new Date(change(undefined).run.startedAt).toISOString()} ${id}`;
      await this.documents.change<{ id: string }>({ pk: LIST_OF_RUNS, sk }, now => now ?? { id }, RECORD_TTL);
    }
    return this.documents.change(runKey(id), change, RECORD_TTL);
  }

  appRuns(runId: string): Promise<AppRun[]> {
    return this.documents.query(`run#${runId}`, 'app#');
  }

  appRun(runId: string, app: string): Promise<AppRun | undefined> {
    return this.documents.get(appRunKey(runId, app));
  }

  changeAppRun(runId: string, app: string, change: (now: AppRun | undefined) => AppRun): Promise<AppRun> {
    return this.documents.change(appRunKey(runId, app), change, RECORD_TTL);
  }

  seen(app: string, site: SiteName): Promise<Seen | undefined> {
    return this.documents.get(appKey(app, `seen#${site}`));
  }

  async saveSeen(app: string, site: SiteName, seen: Seen): Promise<void> {
    await this.documents.change(appKey(app, `seen#${site}`), () => seen);
  }

  async saveDebt(debt: Debt): Promise<void> {
    await this.documents.change<DebtRecord>(debtKey(debt.app, debt.site), () => ({ debt }));
  }

  async debts(app?: string): Promise<Debt[]> {
    const records = await this.documents.query<DebtRecord>(DEBTS, app === undefined ? '' : `${app}#`);
    return records.flatMap(({ debt }) => debt ?? []);
  }

  async settleDebt(app: string, site: SiteName): Promise<void> {
    const key = debtKey(app, site);
    if ((await this.documents.get<DebtRecord>(key))?.debt) {
      await this.documents.change<DebtRecord>(key, () => ({}), DAY);
    }
  }

  duty(): Promise<Duty | undefined> {
    return this.documents.get({ pk: 'lifeboat', sk: 'guard' });
  }

  changeDuty(change: (now: Duty | undefined) => Duty): Promise<Duty> {
    return this.documents.change({ pk: 'lifeboat', sk: 'guard' }, change);
  }

  watch(app: string): Promise<Watch | undefined> {
    return this.documents.get(appKey(app, 'watch'));
  }

  changeWatch(app: string, change: (now: Watch | undefined) => Watch): Promise<Watch> {
    return this.documents.change(appKey(app, 'watch'), change);
  }

  async concerns(): Promise<Concerns> {
    return (await this.documents.get<Concerns>({ pk: 'lifeboat', sk: 'concerns' })) ?? {};
  }

  async saveConcerns(concerns: Concerns): Promise<void> {
    await this.documents.change<Concerns>({ pk: 'lifeboat', sk: 'concerns' }, () => concerns);
  }

  outage(): Promise<Outage | undefined> {
    return this.documents.get({ pk: 'lifeboat', sk: 'outage' });
  }

  changeOutage(change: (now: Outage | undefined) => Outage): Promise<Outage> {
    return this.documents.change({ pk: 'lifeboat', sk: 'outage' }, change);
  }

  async refusalToldAt(): Promise<number | undefined> {
    return (await this.documents.get<{ at: number }>({ pk: 'lifeboat', sk: 'refusal' }))?.at;
  }

  async saveRefusalTold(at: number): Promise<void> {
    await this.documents.change({ pk: 'lifeboat', sk: 'refusal' }, () => ({ at }));
  }

  peace(): Promise<Peace | undefined> {
    return this.documents.get({ pk: 'lifeboat', sk: 'peace' });
  }

  async savePeace(peace: Peace): Promise<void> {
    await this.documents.change<Peace>({ pk: 'lifeboat', sk: 'peace' }, () => peace);
  }

  private leaseKey(app: string) {
    return appKey(app, `${this.prefix}lease`);
  }

  private leaseEnd(): number {
    return this.clock.now() + LEASE_SECONDS * 1000;
  }
}

function appKey(app: string, sk: string) {
  return { pk: `app#${app}`, sk };
}

function debtKey(app: string, site: SiteName) {
  return { pk: DEBTS, sk: `${app}#${site}#fence` };
}

function runKey(id: string) {
  return { pk: `run#${id}`, sk: 'run' };
}

function appRunKey(runId: string, app: string) {
  return { pk: `run#${runId}`, sk: `app#${app}` };
}
