import type { Activation } from '../../core/admission';
import type { SiteName } from '../../core/config';
import { fateOf, isSuperseded } from '../../core/debts';
import { ANNOTATIONS } from '../../core/kubernetes';
import type { Debt } from '../../core/ledger';
import { app, NOW, worker } from './builders';

const debt: Debt = {
  app: 'shop',
  runId: 'guard-1',
  activationId: '20260329030000',
  site: 'primary',
  what: 'fence',
  since: NOW,
  why: 'lost',
};
const open: Activation = { id: '20260329030000', activate: 'dr', openedAt: NOW };
const ended = (outcome: Activation['outcome']): Activation => ({
  ...open,
  closedAt: NOW,
  ...(outcome ? { outcome } : {}),
});
const at = (...sites: (SiteName | undefined)[]) => new Set(sites);

describe('the debt of an app with a main name', () => {
  it.each<[string, Set<SiteName | undefined>, Activation | undefined, string]>([
    ['main has moved and the run is over', at('dr'), ended('succeeded'), 'pay'],
    ['main has moved and the run needs attention', at('dr'), open, 'pay'],
    ['main has not moved yet', at('primary'), open, 'wait'],
    ['main is moving', at('primary', 'dr'), open, 'wait'],
    ['nobody knows where main is', at(), ended('succeeded'), 'wait'],
    ['main is somewhere else', at(undefined), ended('rolled-back'), 'wait'],
    ['main never moved', at('primary'), ended('rolled-back'), 'drop'],
    ['main is home again', at('primary'), ended('succeeded'), 'drop'],
    ['a later journey has begun', at('dr'), { ...open, id: '20260329040000' }, 'wait'],
    ['the ledger knows of no journey', at('dr'), undefined, 'wait'],
  ])('when %s', (_, mains, activation, fate) => {
    expect(fateOf(app(), debt, mains, activation)).toBe(fate);
  });
});

describe('the debt of a worker, whose place only the ledger knows', () => {
  it.each<[string, Activation, string]>([
    ['is at work', open, 'wait'],
    ['went well', ended('succeeded'), 'pay'],
    ['was rolled back', ended('rolled-back'), 'drop'],
  ])('when its journey %s', (_, activation, fate) => {
    expect(fateOf(worker(), { ...debt, app: 'mailer' }, at(), activation)).toBe(fate);
  });
});

describe('a site whose workloads', () => {
  const marked = (by: string | undefined) => ({
    kind: 'Deployment' as const,
    metadata: { name: 'web', ...(by ? { annotations: { [ANNOTATIONS.changedBy]: by } } : {}) },
    spec: {},
  });

  it.each<[string, (string | undefined)[], boolean]>([
    ['carry no mark', [undefined], false],
    ['carry the mark of this journey', ['20260329030000'], false],
    ['carry the mark of an earlier one', ['20260101000000'], false],
    ['carry in part that of a later one', [undefined, '20260330120000'], true],
  ])('%s: superseded %#', (_, marks, superseded) => {
    expect(isSuperseded(marks.map(marked), debt)).toBe(superseded);
  });
});
