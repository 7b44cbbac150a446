import { isAnswered, joined, mended, type Outage, opened, type Report, withWorkers } from '../../core/outage';
import { parseRequest } from '../../core/request';
import { app, config, NOW, worker } from './builders';

const COOL_DOWN = 1800;

function report(changes: Partial<Report> = {}): Report {
  return { by: 'guard', activate: 'dr', apps: ['shop'], reason: 'down', ...changes };
}

describe('an outage', () => {
  it('names its run by who saw it and when, as Step Functions takes it, with an input that Admit understands', () => {
    const outage = opened(report({ reason: 'x'.repeat(900) }), NOW + 7);
    expect(outage).toMatchObject({ run: 'guard-20260329030000007', at: NOW + 7, apps: ['shop'] });
    expect(outage.run).toMatch(/^[\w-]{1,80}$/);
    expect(parseRequest(outage.input, config(), 'dr')).toMatchObject({ startedBy: 'guard', activate: 'dr' });
  });

  it('asks for every app, but beside a run at work for those alone that it has done with', () => {
    const first = opened(report(), NOW);
    expect(first.input.apps).toBeUndefined();
    const second = opened(report({ apps: ['blog'] }), NOW, { outage: first, only: ['blog'] });
    expect(second.input.apps).toEqual(['blog']);
    expect(second.apps).toEqual(['shop', 'blog']);
  });

  it('takes workers along where they follow', () => {
    const apps = [app(), app({ name: 'blog' }), worker({ after: ['blog'] })];
    expect(withWorkers(apps, ['blog'])).toEqual(['blog', 'mailer']);
    expect(withWorkers(apps, ['shop'])).toEqual(['shop']);
  });
});

describe('a report', () => {
  const outage: Outage = { ...opened(report(), NOW), endedAt: NOW + 60_000 };
  const answered = (changes: Partial<Report>, seconds: number, of: Outage | undefined = outage) =>
    isAnswered(of, report(changes), COOL_DOWN, NOW + seconds * 1000);

  it('opens an outage when there is none, and asks about one whose run is not known to have ended', () => {
    expect(isAnswered(undefined, report(), COOL_DOWN, NOW)).toBe(false);
    expect(isAnswered(opened(report(), NOW), report(), COOL_DOWN, NOW)).toBe(false);
  });

  it('is answered by the run that has ended, until the cool-down is over', () => {
    expect(answered({}, 61)).toBe(true);
    expect(answered({}, 60 + COOL_DOWN - 1)).toBe(true);
    expect(answered({}, 60 + COOL_DOWN)).toBe(false);
  });

  it('is not asked again every few seconds without a cool-down', () => {
    expect(isAnswered(outage, report(), 0, NOW + 600_000)).toBe(true);
    expect(isAnswered(outage, report(), 0, NOW + 660_000)).toBe(false);
  });

  it('of another app is another outage', () => {
    expect(answered({ apps: ['shop', 'blog'] }, 61)).toBe(false);
    expect(answered({ apps: ['shop', 'blog'] }, 61, { ...outage, apps: ['blog', 'shop'] })).toBe(true);
  });

  it('of an alarm that comes late is another outage, since an alarm speaks once', () => {
    expect(answered({ by: 'alarm' }, 599)).toBe(true);
    expect(answered({ by: 'alarm' }, 600)).toBe(false);
  });
});

it('gains apps and loses those that are well again', () => {
  const outage = opened(report(), NOW);
  expect(joined(outage, ['shop'])).toBe(outage);
  expect(joined(outage, ['blog']).apps).toEqual(['shop', 'blog']);
  expect(mended(outage, ['blog'])).toBe(outage);
  expect(mended(outage, ['shop']).apps).toEqual([]);
});
