import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The numbers of the orders that lie on a Region's disk, whether or not anything runs there.
 * @param disk what the Region boots from
 */
export function ordersOnDisk(disk: string): number[] {
  const volumes = join(disk, 'lib', 'local-path');
  if (!existsSync(volumes)) return [];
  return readdirSync(volumes)
    .filter(name => name.endsWith('_orders_orders-data'))
    .map(name => join(volumes, name, 'orders.log'))
    .filter(file => existsSync(file))
    .flatMap(file => numbersIn(readFileSync(file, 'utf8')));
}

function numbersIn(journal: string): number[] {
  // The last piece is empty, or was torn off.
  const lines = journal.split('\n').slice(0, -1);
  return lines.map(line => (JSON.parse(line) as { number: number }).number);
}
