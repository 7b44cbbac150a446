import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FrontDoor } from '../../../../rehearsal/testbed/aws/front-door/front-door';
import { operationOf, scopeOf, UNSIGNED } from '../../../../rehearsal/testbed/aws/front-door/request-scope';

const signed = (region: string, service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261125/${region}/${service}/aws4_request, SignedHeaders=host, Signature=00`,
});

describe('Whom a request is for', () => {
  test('stands in the header', () => {
    expect(scopeOf(signed('eu-west-1', 'dynamodb'), new URLSearchParams())).toEqual({
      region: 'eu-west-1',
      service: 'dynamodb',
      accessKey: 'AKIDEXAMPLE',
    });
  });

  test('stands in a presigned URL', () => {
    const query = new URLSearchParams({
      'X-Amz-Credential': 'AKIDEXAMPLE/20261125/eu-west-1/sts/aws4_request',
    });
    expect(scopeOf({}, query)).toMatchObject({ region: 'eu-west-1', service: 'sts' });
  });

  test('is not known without a signature', () => {
    expect(scopeOf({ authorization: 'Bearer x' }, new URLSearchParams())).toEqual(UNSIGNED);
  });
});

describe('What a request asks for', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  test.each<[string, string, string, IncomingHttpHeaders, string, string]>([
    ['dynamodb', 'POST', '/', { 'x-amz-target': 'DynamoDB_20120810.PutItem' }, '{}', 'PutItem'],
    [
      'monitoring',
      'POST',
      '/service/GraniteServiceVersion20100801/operation/PutMetricData',
      {},
      '',
      'PutMetricData',
    ],
    ['sns', 'POST', '/', form, 'Action=Publish&Version=2010-03-31', 'Publish'],
    ['sts', 'GET', '/?Action=GetCallerIdentity', {}, '', 'GetCallerIdentity'],
    ['route53', 'POST', '/2013-04-01/hostedzone/Z1/rrset/', {}, '<x/>', 'ChangeResourceRecordSets'],
    ['eks', 'GET', '/clusters/dr', {}, '', 'DescribeCluster'],
    ['lambda', 'POST', '/2015-03-31/functions/f/invocations', {}, '{}', 'Invoke'],
    ['s3', 'GET', '/bucket/key', {}, '', 'GET /bucket/key'],
  ])('%s %s %s', (service, method, path, headers, body, operation) => {
    const scope = { region: 'eu-west-1', service, accessKey: 'A' };
    expect(operationOf(scope, method, new URL(path, 'http://aws'), headers, body)).toBe(operation);
  });
});

describe('The front door', () => {
  let upstream: Server;
  let door: FrontDoor;
  let seen: IncomingHttpHeaders[];

  beforeEach(async () => {
    seen = [];
    upstream = createServer((request, response) => {
      seen.push(request.headers);
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.once('end', () => response.writeHead(201).end(`got ${body}`));
    });
    await new Promise<void>(resolve => upstream.listen(0, '127.0.0.1', resolve));
    const { port } = upstream.address() as AddressInfo;
    door = new FrontDoor({ address: '127.0.0.1', port: 0, upstream: { address: '127.0.0.1', port } });
    await door.start();
  });

  afterEach(async () => {
    await door.stop();
    await new Promise(resolve => upstream.close(resolve));
  });

  const ask = (headers: Record<string, string>, path = '/', signal?: AbortSignal) =>
    fetch(`${door.endpoint}${path}`, {
      method: 'POST',
      body: 'hello',
      headers,
      ...(signal ? { signal } : {}),
    });
  const soon = () => AbortSignal.timeout(100);

  test('lets a request through, and writes it down', async () => {
    const answer = await ask({ ...signed('eu-west-1', 'sns'), 'x-amz-target': 'SNS.Publish' });
    expect([answer.status, await answer.text()]).toEqual([201, 'got hello']);
    expect(door.calls).toEqual([
      {
        at: expect.any(Number) as number,
        region: 'eu-west-1',
        service: 'sns',
        accessKey: 'AKIDEXAMPLE',
        action: 'Publish',
        status: 201,
      },
    ]);
    expect(seen[0]).toMatchObject({ 'x-forwarded-proto': 'https' });
  });

  test('gives no answer for a lost Region, and asks nobody', async () => {
    door.setRegion('eu-west-1', 'lost');
    await expect(ask(signed('eu-west-1', 'sns'), '/', soon())).rejects.toThrow(/timeout/);
    expect((await ask(signed('eu-central-1', 'sns'))).status).toBe(201);
    expect(seen).toHaveLength(1);
    expect(door.calls.map(({ status }) => status)).toEqual(['hung', 201]);
    door.setRegion('eu-west-1', 'up');
    expect((await ask(signed('eu-west-1', 'sns'))).status).toBe(201);
  });

  test('gives no answer for a lost service, wherever', async () => {
    door.setService('route53', 'lost');
    await expect(ask(signed('us-east-1', 'route53'), '/', soon())).rejects.toThrow(/timeout/);
    expect((await ask(signed('us-east-1', 'sns'))).status).toBe(201);
  });

  test('keeps the answer back when the Region is lost after the request has gone through', async () => {
    upstream.on('request', () => door.setRegion('eu-west-1', 'lost'));
    await expect(ask(signed('eu-west-1', 'sns'), '/', soon())).rejects.toThrow(/timeout/);
    expect(seen).toHaveLength(1);
  });

  test('lets somebody act between the work and the answer', async () => {
    const order: string[] = [];
    const end = door.holdAnswers(call => {
      order.push(`${call.service} is done`);
      return Promise.resolve().then(() => void order.push('held'));
    });
    await ask(signed('eu-west-1', 'sns'));
    order.push('answered');
    end();
    await ask(signed('eu-west-1', 'sns'));
    expect(order).toEqual(['sns is done', 'held', 'answered']);
  });

  test.each(['/_testbed/assume-service-role', '/_ministack/reset'])(
    'does not let anybody to %s',
    async path => {
      expect((await ask(signed('eu-west-1', 'sts'), path)).status).toBe(404);
      expect(seen).toEqual([]);
    },
  );
});
