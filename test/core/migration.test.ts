import {
  diffOf,
  type FailoverRecord,
  failoverPair,
  type MainRecords,
  migrationPlan,
  notAtPrimary,
  type Vote,
} from '../../core/migration';
import { endpoint } from './builders';

const { main, hosts } = endpoint;
const CHECK = 'check-1';
const cname = { name: main, ttlSeconds: 300, target: hosts.primary };
const pair = failoverPair(endpoint, CHECK);

function vote(of: string, inverted: boolean, seen: boolean[]): Vote {
  return { of, inverted, seen };
}

const absent = Array.from({ length: 16 }, () => false);
const present = absent.map(() => true);
const AT_PRIMARY = [vote('d', true, absent), vote('q', true, absent), vote('r', false, absent)];
const AT_DR = [vote('d', true, present), vote('q', true, absent), vote('r', false, absent)];

describe('what the checks say', () => {
  test.each<[string, Vote[], string | undefined]>([
    ['primary, with empty buckets', AT_PRIMARY, undefined],
    ['dr, with its object', AT_DR, 'The health checks say dr, because of d and r. Look at these objects.'],
    [
      'nothing, while one has not looked',
      [...AT_PRIMARY.slice(0, 2), vote('r', false, [])],
      'Nobody has looked at r yet. Wait half a minute.',
    ],
    [
      'primary, when only a few checkers see the object',
      [vote('d', true, [...absent.slice(2), true, true]), vote('q', true, absent), vote('r', false, absent)],
      undefined,
    ],
    [
      'dr, when more than 18 % do',
      [
        vote('d', true, [...absent.slice(3), true, true, true]),
        vote('q', true, absent),
        vote('r', false, absent),
      ],
      'The health checks say dr, because of d and r. Look at these objects.',
    ],
  ])('%s', (_, votes, problem) => {
    expect(notAtPrimary(votes)).toBe(problem);
  });
});

describe('the migration', () => {
  test('replaces a CNAME to primary as it stands, its TTL too, by the pair', () => {
    const plan = migrationPlan(endpoint, CHECK, { kind: 'cname', record: cname }, AT_PRIMARY);
    expect(plan).toEqual({ action: 'replace', remove: [cname], create: pair });
    if (plan.action !== 'replace') throw new Error('unreachable');
    expect(diffOf(plan)).toEqual([
      '- main.levlabs.link 300 CNAME primary.levlabs.link',
      '+ main.levlabs.link 10 CNAME primary.levlabs.link (failover PRIMARY, health check check-1)',
      '+ main.levlabs.link 10 CNAME dr.levlabs.link (failover SECONDARY)',
    ]);
  });

  test('makes the pair where nothing stands', () => {
    expect(migrationPlan(endpoint, CHECK, { kind: 'absent' }, AT_PRIMARY)).toEqual({
      action: 'replace',
      remove: [],
      create: pair,
    });
  });

  test('does nothing a second time, in whatever order the pair is read', () => {
    const found: MainRecords = { kind: 'pair', records: [...pair].reverse() };
    expect(migrationPlan(endpoint, CHECK, found, AT_DR).action).toBe('none');
  });

  test.each<[string, MainRecords, Vote[], string]>([
    [
      'main is at dr',
      { kind: 'cname', record: { ...cname, target: hosts.dr } },
      AT_PRIMARY,
      'Bring it home first',
    ],
    [
      'main is elsewhere',
      { kind: 'cname', record: { ...cname, target: 'other.example' } },
      AT_PRIMARY,
      'points to other.example, which is neither',
    ],
    [
      'main is no CNAME',
      { kind: 'other', detail: 'A alias to lb' },
      AT_PRIMARY,
      'is A alias to lb; expected is',
    ],
    ['the checks say dr', { kind: 'cname', record: cname }, AT_DR, 'The health checks say dr'],
    [
      'another pair stands there',
      { kind: 'pair', records: failoverPair(endpoint, 'another-check') as FailoverRecord[] },
      AT_PRIMARY,
      'not those of this configuration',
    ],
  ])('is refused when %s', (_, found, votes, reason) => {
    expect(migrationPlan(endpoint, CHECK, found, votes)).toEqual({
      action: 'refuse',
      reason: expect.stringContaining(reason),
    });
  });
});
