import type { Visit } from '../../../../rehearsal/testbed/client/journal';
import { ordersReport } from '../../../../rehearsal/testbed/client/orders';
import { failoverSeconds, outagesOf } from '../../../../rehearsal/testbed/client/outage';

function good(at: number, site: string, number = at): Visit {
  return { at, ms: 10, number, ok: true, status: 201, site };
}

function bad(at: number): Visit {
  return { at, ms: 2000, number: at, ok: false, failure: { kind: 'timeout', detail: 'nothing came' } };
}

describe('outagesOf', () => {
  test('counts from the beginning of the first failure to the end of the first good answer', () => {
    expect(outagesOf([good(0, 'primary'), bad(200), bad(400), good(5000, 'dr')])).toEqual([
      { from: 200, until: 5010, site: 'dr', failed: 2 },
    ]);
  });

  test('keeps an outage open that nobody ended, and tells two apart', () => {
    expect(outagesOf([bad(0), good(200, 'primary'), bad(400)])).toEqual([
      { from: 0, until: 210, site: 'primary', failed: 1 },
      { from: 400, failed: 1 },
    ]);
  });
});

describe('failoverSeconds', () => {
  test('good answers of the old site in between do not shorten it', () => {
    const visits = [bad(1000), good(1200, 'primary'), bad(1400), good(9000, 'dr')];
    expect(failoverSeconds(visits, 'dr', 0)).toBe(8.01);
  });

  test('is unknown while the activated site has not answered', () => {
    expect(failoverSeconds([bad(0), good(200, 'primary')], 'dr', 0)).toBeUndefined();
  });

  test('is nothing when nobody was turned away', () => {
    expect(failoverSeconds([good(0, 'primary'), good(200, 'dr')], 'dr', 0)).toBe(0);
  });
});

describe('ordersReport', () => {
  const visits = [
    good(1000, 'primary', 1),
    good(2000, 'primary', 2),
    good(3000, 'primary', 3),
    bad(4000),
    good(9000, 'dr', 5),
  ];

  test('tells what must not be missing from what the RPO allows', () => {
    expect(ordersReport(visits, { backupStartedAt: 2500, activated: 'dr', found: [1, 2, 5] })).toEqual({
      acked: 4,
      missingBeforeBackup: [],
      lostSinceBackup: [3],
      lostByActivated: [],
    });
  });

  test('finds an order that was in the backup and is gone, and one that the activated site lost', () => {
    expect(ordersReport(visits, { backupStartedAt: 2500, activated: 'dr', found: [1] })).toEqual({
      acked: 4,
      missingBeforeBackup: [2],
      lostSinceBackup: [3],
      lostByActivated: [5],
    });
  });

  test('an answer that was under way when the backup began is not held against it', () => {
    const report = ordersReport(visits, { backupStartedAt: 2005, activated: 'dr', found: [1, 5] });
    expect(report.missingBeforeBackup).toEqual([]);
    expect(report.lostSinceBackup).toEqual([2, 3]);
  });
});
