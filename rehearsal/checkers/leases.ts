import { type Checker, clockTime, count, type Finding, found, type Watched } from './checker';

interface LeaseItem {
  doc?: { M?: { lease?: { M?: { runId?: { S?: string } } } } };
}

/** I3: at most one run holds an app's lease. Sees every write to the ledgers, and which executions are at work. */
export class Leases implements Checker {
  readonly id = 'I3';
  private readonly violations: string[] = [];
  private taken = 0;

  constructor({ night }: Watched) {
    for (const { dynamodb, machine } of Object.values(night.sites)) {
      dynamodb.table.onWrite(({ at, before, after }) => {
        if (after?.sk?.S !== 'lease') return;
        const was = holder(before as LeaseItem | undefined);
        const is = holder(after as LeaseItem);
        if (is !== undefined && is !== was) this.taken++;
        if (was === undefined || is === was || is === undefined) return;
        const running = machine.executions().find(({ name, status }) => name === was && status === 'RUNNING');
        if (running)
          this.violations.push(
            `${is} took ${after.pk?.S} from ${was}, which was at work, at ${clockTime(at)}`,
          );
      });
    }
  }

  finding(): Finding {
    return found(this.id, this.violations, `${count(this.taken, 'lease')} taken, none from a run at work`);
  }
}

function holder(item: LeaseItem | undefined): string | undefined {
  return item?.doc?.M?.lease?.M?.runId?.S;
}
