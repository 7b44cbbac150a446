import type { SiteName } from '../../../../core/config';
import { endpoint } from '../../../core/builders';
import { key, world } from './world';

const { hosts } = endpoint;
const AT_PRIMARY = [hosts.primary, hosts.primary];
const AT_DR = [hosts.dr, hosts.dr];

describe('activating dr', () => {
  test('writes its own object, and says so', async () => {
    const { run, standby, request, keys } = world('dr', AT_PRIMARY);
    const { changed } = await run(standby.assert(request));
    expect(changed).toBe('main.levlabs.link → dr: at-dr was written at dr, at-primary is not at primary.');
    expect(keys()).toEqual({ dr: [key('at-dr')], primary: [] });
  });

  test('takes away what would hold main at primary', async () => {
    const { run, standby, request, keys, seed } = world('dr', AT_PRIMARY);
    seed('primary', 'at-primary');
    await run(standby.assert(request));
    expect(keys()).toEqual({ dr: [key('at-dr')], primary: [] });
  });

  test('waits one deadline for a primary that is lost, after it has written', async () => {
    const { run, standby, request, keys, s3, log, clock } = world('dr', AT_PRIMARY);
    s3.primary.endpoint.state = 'hang';
    const began = clock.now();
    const { changed } = await run(standby.assert(request));
    expect(changed).toContain('at-dr was written at dr, primary could not be asked');
    expect(keys().dr).toEqual([key('at-dr')]);
    const write = log.calls.find(({ action }) => action === 'PutObject');
    expect((write?.endedAt ?? Number.POSITIVE_INFINITY) - began).toBeLessThan(100);
    expect(clock.now() - began).toBeLessThan(2100);
  });

  test('writes no second time, and says nothing once all servers agree', async () => {
    const { run, standby, request, seed, log } = world('dr', AT_DR);
    seed('dr', 'at-dr');
    expect(await run(standby.assert(request))).toEqual({});
    expect(log.calls.filter(({ action }) => action === 'PutObject')).toEqual([]);
  });

  test('goes on with an object that a run before it had written, and counts that as the change', async () => {
    const { run, standby, request, seed } = world('dr', AT_PRIMARY);
    seed('dr', 'at-dr');
    expect((await run(standby.assert(request))).changed).toContain('main.levlabs.link → dr');
  });

  test('after its change waits for the name servers, and asks the lost Region no more', async () => {
    const { run, standby, request, seed, log, clock } = world('dr', [hosts.dr, hosts.primary]);
    seed('dr', 'at-dr');
    expect(await run(standby.assert({ ...request, flippedAt: clock.now() - 35_000 }))).toEqual({});
    expect(log.calls.map(({ action }) => action)).toEqual(['ListObjectsV2']);
  });

  test('asserts again what somebody took away', async () => {
    const { run, standby, request, keys, clock } = world('dr', AT_PRIMARY);
    const { changed } = await run(standby.assert({ ...request, flippedAt: clock.now() - 10_000 }));
    expect(changed).toContain('at-dr was written at dr');
    expect(keys().dr).toEqual([key('at-dr')]);
  });

  test.each<[string, number, boolean]>([
    ['not yet', 29_000, false],
    ['once', 31_000, true],
    ['and then no more', 41_000, false],
  ])('tries primary again when main does not follow at all: %s after %i ms', async (_, ago, tried) => {
    const { run, standby, request, seed, log, clock } = world('dr', AT_PRIMARY);
    seed('dr', 'at-dr');
    await run(standby.assert({ ...request, flippedAt: clock.now() - ago }));
    expect(log.calls.some(({ action }) => action === 'DeleteObject')).toBe(tried);
  });
});

describe('activating primary', () => {
  test('takes its copy away, and then the object of a dr that answers', async () => {
    const { run, standby, request, keys, seed } = world('primary', AT_DR);
    seed('dr', 'at-dr');
    seed('primary', 'at-dr');
    const { changed } = await run(standby.assert(request));
    expect(changed).toBe('main.levlabs.link → primary: at-dr was removed at primary, at-dr is not at dr.');
    expect(keys()).toEqual({ primary: [], dr: [] });
  });

  test('outvotes a dr that is lost', async () => {
    const { run, standby, request, keys, seed, s3 } = world('primary', AT_DR);
    seed('dr', 'at-dr');
    seed('primary', 'at-dr');
    s3.dr.endpoint.state = 'hang';
    expect((await run(standby.assert(request))).changed).toContain('at-primary was written at primary');
    expect(keys().primary).toEqual([key('at-primary')]);
  });

  test('touches nothing at dr when its own Region takes no writes', async () => {
    const { failure, standby, request, keys, seed, s3 } = world('primary', AT_DR);
    seed('dr', 'at-dr');
    seed('primary', 'at-dr');
    s3.primary.writes = 'denied';
    expect((await failure(standby.assert(request))).name).toBe('Forbidden');
    expect(keys().dr).toEqual([key('at-dr')]);
  });
});

describe.each<SiteName>(['dr', 'primary'])('activating %s', site => {
  test.each<[string, (string | undefined)[], string, string]>([
    [
      'somebody else has changed main',
      ['maintenance.example.net', hosts.primary],
      'RecordChanged',
      'somebody else',
    ],
    ['main has no CNAME', ['', ''], 'RecordChanged', 'has no CNAME'],
    [
      'no name server answers',
      [undefined, undefined],
      'AwsUnavailable',
      'No name server of levlabs.link answers',
    ],
  ])('writes nothing when %s', async (_, answers, name, text) => {
    const { failure, standby, request, log } = world(site, answers);
    const error = await failure(standby.assert(request));
    expect(error.name).toBe(name);
    expect(error.message).toContain(text);
    expect(log.calls).toEqual([]);
  });

  test('ends with AwsUnavailable when its own bucket is silent, after three seconds', async () => {
    const { failure, standby, request, s3, clock } = world(site, site === 'dr' ? AT_PRIMARY : AT_DR);
    s3[site].endpoint.state = 'hang';
    const began = clock.now();
    const error = await failure(standby.assert(request));
    expect(error.name).toBe('AwsUnavailable');
    expect(clock.now() - began).toBe(3000);
  });
});

describe('taking a change back', () => {
  test('removes what dr had written', async () => {
    const { run, standby, request, keys, seed } = world('dr', AT_PRIMARY);
    seed('dr', 'at-dr', 0);
    expect(await run(standby.withdraw(request))).toEqual({
      certain: true,
      detail: 'Main was held at primary: at-dr was removed at dr.',
    });
    expect(keys().dr).toEqual([]);
  });

  test('brings the copy back that primary had removed, and takes its claim away', async () => {
    const { run, standby, request, keys, seed } = world('primary', AT_DR);
    seed('primary', 'at-primary', 0);
    expect((await run(standby.withdraw(request))).certain).toBe(true);
    expect(keys().primary).toEqual([key('at-dr')]);
  });

  test('is sure without writing when everybody sees that nothing was written', async () => {
    const { run, standby, request, s3 } = world('dr', AT_PRIMARY);
    s3.dr.writes = 'silent';
    const { certain, detail } = await run(standby.withdraw(request));
    expect(certain).toBe(true);
    expect(detail).toContain('Nothing was written that would move main');
  });

  test.each<[string, (open: ReturnType<typeof world>) => void]>([
    [
      'the object was written after all',
      ({ s3, seed }) => {
        seed('dr', 'at-dr', 0);
        s3.dr.writes = 'silent';
      },
    ],
    [
      'nobody sees the bucket',
      ({ s3 }) => {
        s3.dr.endpoint.state = 'hang';
      },
    ],
  ])('is not sure when %s', async (_, breakIt) => {
    const open = world('dr', AT_PRIMARY);
    breakIt(open);
    const { certain, detail } = await open.run(open.standby.withdraw(open.request));
    expect(certain).toBe(false);
    expect(detail).toContain('It is not known whether main will still move to dr');
  });

  test('of primary is sure only while dr still says that it has main', async () => {
    const { run, standby, request, s3, seed } = world('primary', AT_DR);
    s3.primary.writes = 'silent';
    expect((await run(standby.withdraw(request))).certain).toBe(false);
    seed('dr', 'at-dr');
    expect((await run(standby.withdraw(request))).certain).toBe(true);
  });
});

describe('in peace', () => {
  test('primary copies that dr has main', async () => {
    const { run, standby, keys } = world('primary');
    expect(await run(standby.tidy(endpoint, 'primary', 'dr'))).toBe(
      'main.levlabs.link is at dr: at-dr was written at primary.',
    );
    expect(keys().primary).toEqual([key('at-dr')]);
  });

  test('nothing is done while the name servers disagree', async () => {
    const { run, standby, keys } = world('primary');
    expect(await run(standby.tidy(endpoint, 'primary', undefined))).toBeUndefined();
    expect(keys().primary).toEqual([]);
  });

  test('primary keeps `at-primary` until everybody sees that dr has none', async () => {
    const { run, standby, keys, seed, s3 } = world('primary');
    seed('primary', 'at-primary');
    seed('dr', 'at-dr');
    await run(standby.tidy(endpoint, 'primary', 'primary'));
    expect(keys().primary).toEqual([key('at-primary')]);
    s3.dr.endpoint.state = 'hang';
    await run(standby.tidy(endpoint, 'primary', 'primary'));
    expect(keys().primary).toEqual([key('at-primary')]);
  });

  test('each tidies its own bucket after a return, dr first', async () => {
    const primary = world('primary');
    primary.seed('primary', 'at-primary');
    primary.seed('dr', 'at-dr');
    const { run, standby, keys } = primary;
    await run(standby.tidy(endpoint, 'dr', 'primary'));
    expect(keys()).toEqual({ primary: [key('at-primary')], dr: [] });
    await run(standby.tidy(endpoint, 'primary', 'primary'));
    expect(keys()).toEqual({ primary: [], dr: [] });
  });
});
