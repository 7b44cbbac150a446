import { NotFound } from '../../core/errors';
import type { RunRecord } from '../../core/ledger';
import type { Deps } from '../runtime/wire';

/** @throws NotFound when the ledger does not have the run */
export async function runRecord(deps: Deps, id: string): Promise<RunRecord> {
  const record = await deps.ledger.run(id);
  if (!record) throw new NotFound(`The ledger has no run ${id}. Start it again.`);
  return record;
}
