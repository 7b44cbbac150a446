import { changedReadiness } from '../../core/readiness';

describe('readiness in peace', () => {
  it('tells an error once, as long as the same check of the same app fails', () => {
    const before = { shop: ['backup: is 2 h old'] };
    expect(changedReadiness(before, { shop: ['backup: is 3 h old'] })).toEqual({ worse: [], well: [] });
    expect(changedReadiness(before, { shop: ['nodes: none'] })).toEqual({
      worse: ['shop: nodes: none'],
      well: ['shop: backup: is 2 h old'],
    });
    expect(changedReadiness({}, before)).toEqual({ worse: ['shop: backup: is 2 h old'], well: [] });
    expect(changedReadiness(before, {})).toEqual({ worse: [], well: ['shop: backup: is 2 h old'] });
  });
});

it('says nothing while nothing changes, and tells apps apart', () => {
  const both = { shop: ['api: no answer', 'nodes: none'], wiki: ['api: no answer'] };
  expect(changedReadiness(both, both)).toEqual({ worse: [], well: [] });
  expect(changedReadiness({}, {})).toEqual({ worse: [], well: [] });
  expect(changedReadiness({ shop: ['api: no answer'] }, both)).toEqual({
    worse: ['shop: nodes: none', 'wiki: api: no answer'],
    well: [],
  });
  expect(changedReadiness(both, { wiki: ['api: slow'] })).toEqual({
    worse: [],
    well: ['shop: api: no answer', 'shop: nodes: none'],
  });
});

it('knows a text without a check by itself', () => {
  expect(
    changedReadiness({ dependencies: ['registry is slow'] }, { dependencies: ['registry is slow'] }),
  ).toEqual({ worse: [], well: [] });
});
