import { assumedRole } from '../../../../lambdas/adapters/aws/assumed-role';
import { Servers } from '../servers';

const ROLE = 'arn:aws:iam::444455556666:role/lifeboat-dns';
const servers = new Servers();
const before = { ...process.env };
const asked: Record<string, string>[] = [];

/** STS on 127.0.0.1. Each time it gives the next keys, good for so long. */
async function sts(goodForSeconds: number | undefined) {
  const { port } = await servers.http((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push(Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())));
      response.writeHead(200, { 'content-type': 'text/xml', connection: 'close' });
      const expiration = new Date(Date.now() + (goodForSeconds ?? 0) * 1000).toISOString();
      const credentials =
        goodForSeconds === undefined
          ? ''
          : `<Credentials><AccessKeyId>KEY${asked.length}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${expiration}</Expiration></Credentials>`;
      response.end(
        `<AssumeRoleResponse><AssumeRoleResult>${credentials}</AssumeRoleResult></AssumeRoleResponse>`,
      );
    });
  });
  process.env.AWS_ENDPOINT_URL_STS = `http://127.0.0.1:${port}`;
  return assumedRole('us-east-2', ROLE);
}

beforeEach(() => {
  asked.length = 0;
  process.env.AWS_ACCESS_KEY_ID = 'ASIAEXAMPLE';
  process.env.AWS_SECRET_ACCESS_KEY = 'secret';
});

afterEach(async () => {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_ENDPOINT_URL_STS']) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
  await servers.close();
});

describe('the role of a zone in another account', () => {
  test('is assumed under the name of Lifeboat', async () => {
    const credentials = await sts(3_600);
    expect(await credentials()).toMatchObject({
      accessKeyId: 'KEY1',
      secretAccessKey: 's',
      sessionToken: 't',
      expiration: expect.any(Date),
    });
    expect(asked).toMatchObject([{ Action: 'AssumeRole', RoleArn: ROLE, RoleSessionName: 'lifeboat' }]);
  });

  test('is assumed once while its keys are good', async () => {
    const credentials = await sts(3_600);
    expect(await credentials()).toBe(await credentials());
    expect(asked).toHaveLength(1);
  });

  test('is assumed again when its keys are good for less than a minute', async () => {
    const credentials = await sts(50);
    expect((await credentials()).accessKeyId).toBe('KEY1');
    expect((await credentials()).accessKeyId).toBe('KEY2');
  });

  test('is Forbidden, with what to check, when STS gives no keys', async () => {
    const credentials = await sts(undefined);
    await expect(credentials()).rejects.toMatchObject({
      name: 'Forbidden',
      message: expect.stringContaining(`${ROLE}. Check zone.role in lifeboat.yaml`),
    });
  });
});
