import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrokenDeployment, readEnvironment } from '../../../lambdas/runtime/environment';

const VARIABLES = {
  LIFEBOAT_SITE: 'dr',
  AWS_REGION: 'us-east-2',
  LIFEBOAT_TABLE: 'levlabs-ledger',
  LIFEBOAT_TOPIC_ARNS: 'arn:aws:sns:us-east-2:111122223333:a,arn:aws:sns:us-east-2:111122223333:b',
};

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-environment-'));
  writeFileSync(join(folder, 'lifeboat.json'), '{"version":1,"name":"levlabs"}');
});

afterEach(() => rmSync(folder, { recursive: true }));

function broken(variables: Record<string, string | undefined>, from = folder): Error {
  try {
    readEnvironment(variables, from);
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected the deployment to be broken');
}

describe('what a step is told', () => {
  test('is its site, its Region, its table, its topics and the configuration beside its code', () => {
    expect(readEnvironment(VARIABLES, folder)).toEqual({
      site: 'dr',
      region: 'us-east-2',
      table: 'levlabs-ledger',
      topicArns: ['arn:aws:sns:us-east-2:111122223333:a', 'arn:aws:sns:us-east-2:111122223333:b'],
      config: { version: 1, name: 'levlabs' },
    });
  });

  test('are also the buckets of the switch that has some', () => {
    writeFileSync(join(folder, 'lifeboat.json'), '{"switch":"standby-switch"}');
    expect(readEnvironment({ ...VARIABLES, LIFEBOAT_SWITCH_BUCKETS: 'a,b' }, folder).switchBuckets).toEqual({
      primary: 'a',
      dr: 'b',
    });
    expect(broken(VARIABLES).message).toBe(
      'The variable LIFEBOAT_SWITCH_BUCKETS is not set. Deploy the stack again.',
    );
    expect(broken({ ...VARIABLES, LIFEBOAT_SWITCH_BUCKETS: 'a' }).message).toBe(
      'LIFEBOAT_SWITCH_BUCKETS is "a"; expected are the names of two buckets. Deploy the stack again.',
    );
  });

  test.each(Object.keys(VARIABLES))('is broken without the variable %s', name => {
    for (const value of [undefined, '']) {
      const error = broken({ ...VARIABLES, [name]: value });
      expect(error).toBeInstanceOf(BrokenDeployment);
      expect(error.name).toBe('BrokenDeployment');
      expect(error.message).toBe(`The variable ${name} is not set. Deploy the stack again.`);
    }
  });

  test.each(['DR', 'secondary', 'primary '])('is broken with the site "%s"', site => {
    expect(broken({ ...VARIABLES, LIFEBOAT_SITE: site }).message).toBe(
      `LIFEBOAT_SITE is "${site}"; expected is primary or dr. Deploy the stack again.`,
    );
  });

  test('is broken without the configuration, and says which file was looked for', () => {
    const elsewhere = join(folder, 'elsewhere');
    const error = broken(VARIABLES, elsewhere);
    expect(error).toBeInstanceOf(BrokenDeployment);
    expect(error.message).toContain(`${join(elsewhere, 'lifeboat.json')} cannot be read: `);
    expect(error.message).toContain('ENOENT');
    expect(error.message).toContain('Deploy the stack again.');
  });

  test('is broken with a configuration that is not JSON', () => {
    writeFileSync(join(folder, 'lifeboat.json'), 'version: 1');
    const error = broken(VARIABLES);
    expect(error).toBeInstanceOf(BrokenDeployment);
    expect(error.message).toContain('lifeboat.json cannot be read: ');
  });
});
