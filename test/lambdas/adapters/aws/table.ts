import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { Documents } from '../../../../lambdas/adapters/aws/documents';
import { FakeDynamoDb } from '../../../../rehearsal/embedded/aws/dynamodb';
import type { SdkCommand, SendOptions } from '../../../../rehearsal/embedded/aws/endpoint';
import { setting } from '../../../rehearsal/aws/setting';

export const TABLE = 'lifeboat';

/**
 * The ledger's table. `beforePut` runs between a reading and the writing that follows it: there somebody else may
 * write, or the network may fail.
 */
export function tableWorld() {
  const { clock, log, region, run, failure } = setting();
  const schema = { name: TABLE, partitionKey: 'pk', sortKey: 'sk', ttlAttribute: 'ttl' };
  const db = new FakeDynamoDb({ clock, log, region, table: schema });
  const hooks: { beforePut?: () => Promise<unknown> | undefined } = {};
  const send = async (command: SdkCommand, options: SendOptions) => {
    if (command instanceof PutItemCommand) await hooks.beforePut?.();
    return (db.send as unknown as (command: SdkCommand, options: SendOptions) => Promise<object>)(
      command,
      options,
    );
  };
  const client = { send } as unknown as typeof db;
  const documents = new Documents(client, TABLE, clock);
  /** Past the hooks: what somebody else does. */
  const others = new Documents(db, TABLE, clock);
  const actions = () => log.calls.map(({ action }) => action);
  return { clock, log, db, run, failure, hooks, documents, others, actions };
}
