import { spoken } from '../../core/duration';
import type { AppReport, Report, RtoSplit } from '../../rehearsal/report';
import type { Style } from './style';

/** The end of a rehearsal for people: what became of each app, how long it took, what held. */
export function recap(report: Report, style: Style): string[] {
  const held = report.invariants.filter(({ holds }) => holds).length;
  const broken = report.invariants.filter(({ holds }) => !holds);
  return [
    '',
    ...report.apps.flatMap(app => appLines(app, style)),
    ...section('Why', report.reasons, style),
    ...section('Type next', report.next, style),
    ...section(
      'On-call was told',
      report.notifications.map(({ at, subject }) => `${at.slice(11, 19)} ${subject}`),
      style,
    ),
    '',
    `Invariants: ${held} of ${report.invariants.length} held.`,
    ...report.invariants.flatMap(({ id, holds, evidence }) =>
      style.wrap(`${holds ? '' : 'BROKEN: '}${evidence}`, 8, `  ${id.padEnd(6)}`),
    ),
    '',
    ...report.differences.map(line => style.bad(`Not as expected: ${line}`)),
    ...broken.map(({ id }) => style.bad(`${id} is broken.`)),
    ...verdict(report, style),
  ];
}

function appLines({ name, outcome, main, rtoSeconds, split, rpoSeconds }: AppReport, style: Style): string[] {
  const moved =
    main.after === undefined
      ? ''
      : main.before === main.after
        ? `, main stays at ${main.after}`
        : `, main: ${main.before} → ${main.after}`;
  return [
    style.strong(`${name}: ${outcome}${moved}`),
    ...(rtoSeconds === undefined
      ? []
      : [`  RTO ${spoken(rtoSeconds)}, from the outage to a customer's first good answer`]),
    ...(split ? style.wrap(splitText(split), 6) : []),
    ...(rpoSeconds === undefined
      ? []
      : [`  RPO ${spoken(rpoSeconds)} of writes before the outage are not there`]),
  ];
}

function splitText({ detection, decision, data, scale, verify, dns, clientTtl }: RtoSplit): string {
  const parts: [string, number][] = [
    ['detection', detection],
    ['decision', decision],
    ['data', data],
    ['scale', scale],
    ['verify', verify],
    ['DNS', dns],
    ['client TTL', clientTtl],
  ];
  return parts.map(([word, seconds]) => `${word} ${spoken(seconds)}`).join(', ');
}

function section(title: string, lines: readonly string[], style: Style): string[] {
  if (lines.length === 0) return [];
  return ['', `${title}:`, ...lines.flatMap(line => style.wrap(line, 4, '  - '))];
}

function verdict({ asExpected, expected, virtualSeconds, wallSeconds }: Report, style: Style): string[] {
  const took = `${spoken(virtualSeconds)} of the night in ${wallSeconds.toFixed(1)} s.`;
  const text = asExpected
    ? `As expected (${expected}), and every invariant held. ${took}`
    : `Not as expected (${expected}). ${took}`;
  return style.wrap(text, 0).map(line => (asExpected ? style.good(line) : style.bad(line)));
}
