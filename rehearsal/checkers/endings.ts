import { type Checker, count, type Finding, found, type Watched } from './checker';

/** I5: every run ends in a notification and a ledger record, also when it crashes. */
export class Endings implements Checker {
  readonly id = 'I5';

  constructor(private readonly watched: Watched) {}

  /** Whether an alarm asked for a site that served already, and the start changed nothing. */
  private idle(run: string): boolean {
    const { calls } = this.watched.night.calls;
    return !calls.some(
      call => call.run === run && (call.service === 'kubernetes' || call.service === 'route53'),
    );
  }

  finding(): Finding {
    const violations: string[] = [];
    let runs = 0;
    for (const { machine, sns, dynamodb } of Object.values(this.watched.night.sites)) {
      for (const { name, status } of machine.executions()) {
        runs++;
        if (status === 'RUNNING') violations.push(`run ${name} has not ended`);
        const item = dynamodb.table.all().find(({ pk, sk }) => pk?.S === `run#${name}` && sk?.S === 'run');
        const record = item?.doc?.M;
        if (!record?.report) violations.push(`run ${name} has no report in the ledger`);
        const told = sns.messages.some(
          ({ attributes }) => attributes.run === name && ENDS.includes(attributes.event ?? ''),
        );
        // Starts that found a run at work are counted in its last message; alarms of a site that nobody uses ask for
        // what is there already.
        const counted = sns.messages.some(({ text }) => text.includes('More starts came'));
        const quiet = record?.quiet?.BOOL === true && (counted || this.idle(name));
        if (!told && !quiet) violations.push(`nobody was told how run ${name} ended`);
      }
    }
    return found(this.id, violations, `${count(runs, 'start')}, each with its end told and written down`);
  }
}

const ENDS = ['succeeded', 'refused', 'rolled-back', 'needs-attention'];
