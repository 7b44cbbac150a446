import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { HttpsTransport } from '../../../lambdas/adapters/kubernetes/https-transport';
import { NodeNetwork } from '../../../lambdas/adapters/network/node-network';
import { productionWorld } from '../../../lambdas/runtime/production';

/** Every client of the SDK has its settings here. */
const settings = (client: object) => (client as DynamoDBClient).config;

const KEYS = { AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' };
const before = { ...process.env };

beforeEach(() => Object.assign(process.env, KEYS));
afterEach(() => {
  for (const name of Object.keys(KEYS)) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

describe('the world in production', () => {
  test('is this Region for all that Lifeboat needs, and the Region of the cluster for EKS', async () => {
    const world = productionWorld('us-east-2');
    for (const client of [world.dynamodb, world.sns('us-east-2'), world.sfn, world.cloudwatch]) {
      expect(await settings(client).region()).toBe('us-east-2');
    }
    expect(await settings(world.eks('us-east-1')).region()).toBe('us-east-1');
  });

  test('tries a call of AWS twice, so that a deadline has room for both', async () => {
    const world = productionWorld('us-east-2');
    for (const client of [world.dynamodb, world.sns('us-east-2'), world.route53(), world.eks('us-east-1')]) {
      expect(await settings(client).maxAttempts()).toBe(2);
    }
  });

  test('has the credentials that Lambda puts into the environment', async () => {
    expect(await productionWorld('us-east-2').credentials()).toMatchObject({
      accessKeyId: 'ASIAEXAMPLE',
      secretAccessKey: 's',
      sessionToken: 't',
    });
  });

  test('is the real network', () => {
    const { network, kubernetes } = productionWorld('us-east-2');
    expect(network).toBeInstanceOf(NodeNetwork);
    expect(kubernetes).toBeInstanceOf(HttpsTransport);
  });

  // A new client has a pool of connections of its own, and assumes its role again.
  test('has one client for a zone and one for EKS of a Region, however often they are asked for', () => {
    const world = productionWorld('us-east-2');
    expect(world.eks('us-east-1')).toBe(world.eks('us-east-1'));
    expect(world.route53('arn:aws:iam::444455556666:role/dns')).toBe(
      world.route53('arn:aws:iam::444455556666:role/dns'),
    );
  });
});

describe('the clock in production', () => {
  const { clock } = productionWorld('us-east-2');

  test('is the clock of the machine', () => {
    const from = Date.now();
    const now = clock.now();
    expect(now).toBeGreaterThanOrEqual(from);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  test('sleeps until it is woken', async () => {
    const controller = new AbortController();
    const sleep = clock.sleep(10_000, controller.signal);
    controller.abort(new Error('woken'));
    await expect(sleep).rejects.toThrow();
  });

  test('does not fall asleep when it was woken before', async () => {
    await expect(clock.sleep(10_000, AbortSignal.abort(new Error('woken')))).rejects.toThrow();
  });

  // core/clock.ts: "Rejects with the signal's reason". Node's timer rejects with an AbortError that has it as cause.
  test("says why it was woken: the signal's reason", async () => {
    const controller = new AbortController();
    const sleep = clock.sleep(10_000, controller.signal);
    controller.abort(new Error('woken'));
    await expect(sleep).rejects.toThrow('woken');
  });
});
