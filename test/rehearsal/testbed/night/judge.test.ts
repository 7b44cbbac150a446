import type { Visit } from '../../../../rehearsal/testbed/client/journal';
import { findings, type Seen } from '../../../../rehearsal/testbed/night/judge';

const certificate = { serial: '1', names: ['shop.test'], issuer: 'CA', notAfter: '2027' };
const visit = (number: number, site: string, change: Partial<Visit> = {}): Visit => ({
  at: number * 200,
  ms: 5,
  number,
  ok: true,
  site,
  certificate,
  ...change,
});
const file = { bytes: 50, sha256: 'aa' };

const well: Seen = {
  visits: [visit(1, 'primary'), visit(2, 'dr')],
  orders: { acked: 2, missingBeforeBackup: [], lostSinceBackup: [1], lostByActivated: [] },
  files: { meant: { ballast: file }, found: { ballast: file } },
  mains: [
    { at: 0, target: 'p.test' },
    { at: 1, target: 'd.test' },
  ],
  hosts: ['p.test', 'd.test'],
  main: 'shop.test',
};

const broken = (change: Partial<Seen>) =>
  findings({ ...well, ...change })
    .filter(({ holds }) => !holds)
    .map(({ id }) => id);

test('all holds in a night in which the shop moved once and lost what no backup had', () => {
  expect(findings(well).map(({ id }) => id)).toEqual(['main', 'site', 'tls', 'data', 'bytes']);
  expect(broken({})).toEqual([]);
});

test.each<[string, string, Partial<Seen>]>([
  ['main', 'main led to somebody else', { mains: [{ at: 0, target: 'elsewhere.test' }] }],
  ['site', 'the shop went back', { visits: [visit(1, 'primary'), visit(2, 'dr'), visit(3, 'primary')] }],
  [
    'tls',
    'a certificate was not for main',
    { visits: [visit(1, 'dr', { certificate: { ...certificate, names: [] } })] },
  ],
  ['tls', 'none was shown', { visits: [{ ...visit(1, 'dr'), certificate: undefined } as unknown as Visit] }],
  [
    'data',
    'an order from before the backup is gone',
    { orders: { acked: 2, missingBeforeBackup: [1], lostSinceBackup: [], lostByActivated: [] } },
  ],
  [
    'data',
    'an order of the activated site is gone',
    { orders: { acked: 2, missingBeforeBackup: [], lostSinceBackup: [], lostByActivated: [2] } },
  ],
  [
    'bytes',
    'a byte is another',
    { files: { meant: { ballast: file }, found: { ballast: { ...file, sha256: 'ab' } } } },
  ],
  ['bytes', 'a file is not there', { files: { meant: { ballast: file }, found: {} } }],
  ['bytes', 'there was no file to compare', { files: { meant: {}, found: {} } }],
])('"%s" is broken when %s', (id, _when, change) => {
  expect(broken(change)).toEqual([id]);
});
