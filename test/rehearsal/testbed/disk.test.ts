import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ordersOnDisk } from '../../../rehearsal/testbed/disk';

let disk: string;

beforeEach(() => {
  disk = mkdtempSync(join(tmpdir(), 'lifeboat-disk-'));
});
afterEach(() => rmSync(disk, { recursive: true }));

function volume(name: string, journal?: string): void {
  const folder = join(disk, 'lib', 'local-path', name);
  mkdirSync(folder, { recursive: true });
  if (journal !== undefined) writeFileSync(join(folder, 'orders.log'), journal);
}

test('a disk without volumes has no orders', () => {
  expect(ordersOnDisk(disk)).toEqual([]);
});

test('the orders of every volume of the shop are found, without the line that a crash tore off', () => {
  volume('pvc-1_orders_orders-data', '{"number":7}\n{"number":8,"text":"tea"}\n{"num');
  volume('pvc-2_orders_orders-data', '{"number":9}\n');
  volume('pvc-3_orders_orders-data');
  volume('pvc-4_other_data', '{"number":1}\n');
  expect(ordersOnDisk(disk).sort()).toEqual([7, 8, 9]);
});
