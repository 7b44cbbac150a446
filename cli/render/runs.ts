import { spoken } from '../../core/duration';
import type { RunRecord } from '../../core/ledger';
import { harmless, type Style } from './style';
import { minute } from './time';

/** What is left of a reason that has no room is not worth reading. */
const LEAST_REASON = 12;
const HEADS = ['STARTED (UTC)', 'TO', 'OUTCOME', 'TOOK', 'BY', 'RUN'];

/**
 * Runs as a table: a line each where that fits. Where it does not, the name, which must be whole to be typed, and the
 * reason get lines of their own.
 */
export function runsTable(runs: readonly RunRecord[], style: Style, now: number): string[] {
  const cells = runs.map(record => cellsOf(record, now));
  const widths = HEADS.map((head, column) =>
    Math.max(head.length, ...cells.map(row => row[column]?.length ?? 0)),
  );
  const row = (texts: readonly string[]) =>
    texts.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ');
  const whole = widths.reduce((sum, width) => sum + width + 2, 0);
  if (whole + LEAST_REASON <= style.room) {
    const head = style.quiet(`${row(HEADS)}  REASON`);
    return [
      head,
      ...runs.map(
        (record, index) => `${row(cells[index] ?? [])}  ${shortened(record.run.reason, style.room - whole)}`,
      ),
    ];
  }
  const stacked = (texts: readonly string[]) => row(texts.slice(0, -1)).trimEnd();
  return [
    style.quiet(stacked(HEADS)),
    ...runs.flatMap((record, index) => [
      stacked(cells[index] ?? []),
      `  ${record.run.id}`,
      ...style.wrap(record.run.reason, 2),
    ]),
  ];
}

function cellsOf({ run, report }: RunRecord, now: number): string[] {
  const mode: string = run.mode;
  return [
    minute(run.startedAt),
    mode === 'failover' ? run.activate : `${run.activate} (${mode})`,
    report?.outcome ?? 'at work',
    spoken(((report?.at ?? now) - run.startedAt) / 1000),
    run.startedBy,
    run.id,
  ];
}

function shortened(reason: string, room: number): string {
  const text = harmless(reason);
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}
