import { type Return, returnFinding } from '../../../../rehearsal/testbed/night/return';

const quiet: Return = {
  site: 'primary',
  host: 'shop-primary.orders.test',
  left: true,
  restsAfterSeconds: 5,
  mainBefore: 'shop-dr.orders.test',
  mainNow: 'shop-dr.orders.test',
  served: 0,
  written: 0,
};

test.each([
  ['nobody is served there and nothing written', {}, true],
  ['main goes back by itself', { mainNow: 'shop-primary.orders.test' }, false],
  ['a customer is served there', { served: 1 }, false],
  ['an order is written there', { written: 1 }, false],
  ['nobody puts it to rest', { restsAfterSeconds: undefined }, false],
  [
    'main has been leading there all along',
    {
      mainBefore: 'shop-primary.orders.test',
      mainNow: 'shop-primary.orders.test',
      served: 9,
      written: 9,
      left: false,
      restsAfterSeconds: undefined,
    },
    true,
  ],
  [
    'somebody has pointed main elsewhere',
    { left: false, restsAfterSeconds: undefined, mainBefore: 'else.where.test', mainNow: 'else.where.test' },
    true,
  ],
])('after the return of a lost Region, when %s', (_what, change, holds) => {
  expect(returnFinding({ ...quiet, ...change } as Return).holds).toBe(holds);
});
