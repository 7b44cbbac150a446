import type { Report } from '../../report';

type Compared = Pick<Report, 'outcome' | 'runs' | 'notifications'>;

/**
 * Where a night on real parts went another way than its embedded twin: other states, or in another order, another
 * outcome, other words to on-call. Times may differ, and so may how often a run waited, and names that are made up.
 * @returns each difference in a sentence
 */
export function unlike(real: Compared, embedded: Compared): string[] {
  const list: string[] = [];
  if (real.outcome !== embedded.outcome)
    list.push(`The outcome is ${real.outcome}, embedded it is ${embedded.outcome}.`);
  const [here, there] = [real, embedded].map(({ runs }) => runs.filter(({ told }) => told));
  if (here?.length !== there?.length)
    list.push(`${here?.length} runs told on-call something, embedded ${there?.length} do.`);
  here?.forEach((run, index) => {
    const twin = there?.[index];
    if (twin)
      list.push(...unlikeLines(`Run ${index + 1}`, withoutLoops(run.states), withoutLoops(twin.states)));
  });
  const [said, meant] = [real, embedded].map(({ notifications }) => notifications.map(timeless));
  if (said?.length !== meant?.length)
    list.push(`On-call was told ${said?.length} things, embedded ${meant?.length}.`);
  said?.forEach((lines, index) => {
    const twin = meant?.[index];
    if (twin) list.push(...unlikeLines(`Message ${index + 1}`, lines, twin));
  });
  return list;
}

function unlikeLines(what: string, here: readonly string[], there: readonly string[]): string[] {
  const at = here.findIndex((line, index) => line !== there[index]);
  if (at === -1 && here.length === there.length) return [];
  const place = at === -1 ? here.length : at;
  return [
    `${what} has "${here[place] ?? 'its end'}" where the embedded one has "${there[place] ?? 'its end'}".`,
  ];
}

const WAITS = 'Wait ';

/** The way that a run took, without the rounds in which it waited and looked again: their number is a matter of time. */
export function withoutLoops(states: readonly string[]): string[] {
  const way: string[] = [];
  for (const state of states) {
    const before = way.lastIndexOf(state);
    if (before >= 0 && way.slice(before).some(each => each.startsWith(WAITS))) way.length = before;
    way.push(state);
  }
  return way;
}

/**
 * The lines of a message without what is another in each night: times, numbers, identifiers. That alarms have started
 * more runs in the meantime is a matter of the delay factor.
 */
export function timeless({ subject, text }: { subject: string; text: string }): string[] {
  return `${subject}\n${text}`
    .split('\n')
    .filter(line => !line.startsWith('- More starts came while'))
    .map(line =>
      line
        .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
        // The name in the certificate that Traefik makes for itself.
        .replace(/[0-9a-f]{32}\.[0-9a-f]{32}\.traefik/g, 'ID.traefik')
        .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z/g, 'TIME')
        // Names that Kubernetes and kopia make up.
        .replace(/volume data of \S+:/g, 'volume data of POD:')
        .replace(/PVR [\w-]+/g, 'PVR NAME')
        .replace(/snapshot file for .*?(message authentication failed)/g, 'snapshot file for FILE: $1')
        .replace(/\d+(\.\d+)*/g, 'N'),
    );
}
