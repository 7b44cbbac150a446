import {
  type AttributeValue,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { FakeDynamoDb } from '../../../rehearsal/embedded/aws/dynamodb';
import { setting } from './setting';

export const TableName = 'lifeboat';
export const Key = { pk: { S: 'app#sample' }, sk: { S: 'lease' } };

/** A table with the key attributes pk and sk, and the calls that the tests make. */
export function world() {
  const { clock, log, region, run, failure } = setting();
  const schema = { name: TableName, partitionKey: 'pk', sortKey: 'sk', ttlAttribute: 'expires' };
  const db = new FakeDynamoDb({ clock, log, region, table: schema, replicationLagMs: 500 });
  const put = (item: Record<string, AttributeValue>, more: Partial<PutItemCommandInput> = {}) =>
    db.send(new PutItemCommand({ TableName, Item: { ...Key, ...item }, ...more }));
  const get = async (consistent = true) =>
    (await run(db.send(new GetItemCommand({ TableName, Key, ConsistentRead: consistent })))).Item;
  const update = (UpdateExpression: string, more: Partial<UpdateItemCommandInput> = {}) =>
    db.send(new UpdateItemCommand({ TableName, Key, UpdateExpression, ...more }));
  const query = (more: Partial<QueryCommandInput>) =>
    db.send(new QueryCommand({ TableName, ConsistentRead: true, ...more }));
  return { clock, run, failure, db, put, get, update, query };
}
