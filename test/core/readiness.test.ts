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
