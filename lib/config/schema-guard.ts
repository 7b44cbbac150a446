/** The guard: what tells it that it is blind itself. */
import { list, map } from './fields';
import { url } from './schema-notify';

/** Two of different companies, each answered from many places at once: in no Region of AWS. */
const CANARIES = ['https://one.one.one.one/', 'https://dns.google/'];

export const guard = map('a map', 'write it like { canaries: [https://status.example.com/] }', {
  canaries: list('a list', 'write at least one address that is in neither site', url, 1)
    .default(CANARIES)
    .describe(
      'Addresses outside of both sites. While none of them answers, the guard cannot see, and says inconclusive instead of down. Any answer will do, whatever its status.',
    ),
})
  .default({ canaries: CANARIES })
  .describe('The guard that watches the site that serves from the other one.');
