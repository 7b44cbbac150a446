import { otherSite } from '../../core/run';

it('knows the other site', () => {
  expect([otherSite('dr'), otherSite('primary')]).toEqual(['primary', 'dr']);
});
