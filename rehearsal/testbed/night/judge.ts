import type { Finding } from '../../checkers';
import type { Visit } from '../client/journal';
import type { OrdersReport } from '../client/orders';
import type { Facts } from './facts';

export interface Seen {
  visits: readonly Visit[];
  orders: OrdersReport | undefined;
  files: Facts['files'];
  mains: readonly { at: number; target: string }[];
  /** Where main may lead. */
  hosts: readonly string[];
  main: string;
}

/** What must hold in any night, judged by what the customer, the name servers and the volumes say. */
export function findings({ visits, orders, files, mains, hosts, main }: Seen): Finding[] {
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
    ...(files ? [filesFinding(files)] : []),
  ];
}

/** Byte for byte: the size and the SHA-256 of each file. */
function filesFinding({ meant, found }: NonNullable<Facts['files']>): Finding {
  const names = Object.keys(meant);
  const other = names.filter(
    name => found[name]?.sha256 !== meant[name]?.sha256 || found[name]?.bytes !== meant[name]?.bytes,
  );
  const bytes = names.reduce((sum, name) => sum + (meant[name]?.bytes ?? 0), 0);
  return {
    id: 'bytes',
    holds: names.length > 0 && other.length === 0,
    evidence:
      other.length === 0
        ? `${bytes} bytes in ${names.length} file came over byte for byte`
        : `${other.join(', ')} came over as ${JSON.stringify(found)}, was ${JSON.stringify(meant)}`,
  };
}
