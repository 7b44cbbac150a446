import type { Finding } from '../../checkers';
import type { Visit } from '../client/journal';
import type { OrdersReport } from '../client/orders';

export interface Seen {
  visits: readonly Visit[];
  orders: OrdersReport | undefined;
  mains: readonly { at: number; target: string }[];
  hosts: readonly string[];
  main: string;
  /** Sites that were lost and are back, with the orders that they have. */
  returned: readonly { site: string; found: readonly number[] }[];
  /** Where main leads at the very end. */
  mainNow: string | undefined;
}

/** What must hold in any night, judged by what the customer, the name servers and the volumes say. */
export function findings({ visits, orders, mains, hosts, main, returned, mainNow }: Seen): Finding[] {
  const elsewhere = mains.filter(({ target }) => !hosts.includes(target));
  const turns = visits.filter(({ ok }) => ok).map(({ site }) => site);
  const changes = turns.filter((site, index) => index > 0 && site !== turns[index - 1]).length;
  const strange = visits.filter(({ certificate, ok }) => ok && !certificate?.names.includes(main));
  return [
    {
      id: 'main',
      holds: elsewhere.length === 0,
      evidence:
        elsewhere.length === 0
          ? `main was seen at ${mains.length} targets in turn, each a site`
          : `main led to ${elsewhere[0]?.target}`,
    },
    {
      id: 'site',
      holds: changes <= 1,
      evidence: `good answers changed from one site to another ${changes} times`,
    },
    {
      id: 'tls',
      holds: strange.length === 0,
      evidence: strange.length === 0 ? 'each good answer came with a certificate for main' : 'one did not',
    },
    ...returned.map(({ site, found }) => returnOf(site, found, visits, mains, mainNow)),
    ...(orders
      ? [
          {
            id: 'data',
            holds: orders.missingBeforeBackup.length === 0 && orders.lostByActivated.length === 0,
            evidence:
              `${orders.missingBeforeBackup.length} orders from before the backup are missing, ` +
              `${orders.lostByActivated.length} of the activated site`,
          },
        ]
      : []),
  ];
}

/** A Region that was lost and is back serves nobody and takes no order. */
function returnOf(
  site: string,
  found: readonly number[],
  visits: readonly Visit[],
  mains: Seen['mains'],
  mainNow: string | undefined,
): Finding {
  const stays = mainNow === mains.at(-1)?.target;
  const firstElsewhere = visits.find(({ ok, site: who }) => ok && who !== site)?.number;
  const late = firstElsewhere === undefined ? [] : found.filter(number => number >= firstElsewhere);
  return {
    id: 'back',
    holds: stays && late.length === 0,
    evidence: `${site} is back: main ${stays ? 'stays where it was' : `leads to ${mainNow}`}, ${late.length} orders were written there since`,
  };
}
