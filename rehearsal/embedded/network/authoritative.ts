import type { Clock } from '../../../core/clock';
import type { Cname } from '../../../core/network';
import type { Resolver } from './dns';
import { absolute, withoutDot } from './dns-records';
import type { DnsTree } from './dns-tree';

/** The zone's name servers, as a resolver finds them; none when nobody answers or the zone is not there. */
export async function nameserversOf(resolver: Resolver, zone: string, deadlineMs: number): Promise<string[]> {
  const answer = await resolver.query(zone, 'NS', deadlineMs);
  if (answer?.kind !== 'records') return [];
  return answer.records.filter(({ type }) => type === 'NS').map(({ value }) => withoutDot(value));
}

/** What one name server has at `name`, past every cache. Each of the four may lag behind on its own. */
export async function authoritativeCnameOf(
  question: { clock: Clock; tree: DnsTree; reachable: boolean },
  server: string,
  name: string,
  deadlineMs: number,
): Promise<Cname> {
  const { clock, tree, reachable } = question;
  const travel = Math.min(20, deadlineMs);
  await clock.sleep(travel);
  const answer = reachable ? tree.ask(server, absolute(name), 'CNAME') : undefined;
  if (!answer) {
    await clock.sleep(deadlineMs - travel);
    return { ok: false, failure: 'no-answer', detail: `queryCname ETIMEOUT ${name} at ${server}` };
  }
  const cname = answer.kind === 'records' ? answer.records.find(({ type }) => type === 'CNAME') : undefined;
  return { ok: true, target: cname && withoutDot(cname.value) };
}
