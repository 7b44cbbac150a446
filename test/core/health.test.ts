import { unexpected } from '../../core/health';

describe('a healthy answer', () => {
  const expected = { path: '/', status: 200, body: 'fine' };
  it.each([
    [200, 'all fine', undefined],
    [500, 'all fine', 'HTTP 500 where 200 is expected'],
    [200, 'no', 'the body does not contain "fine"'],
  ])('%d with %j: %s', (status, body, problem) => {
    expect(unexpected({ status, body }, expected)).toBe(problem);
  });
  it('may have any body when none is named', () => {
    expect(unexpected({ status: 200, body: '' }, { path: '/', status: 200 })).toBeUndefined();
  });
});

it('names the status before the body, and takes no other status for the same', () => {
  const expected = { path: '/', status: 200, body: 'fine' };
  expect(unexpected({ status: 204, body: '' }, expected)).toBe('HTTP 204 where 200 is expected');
  expect(unexpected({ status: 401, body: '' }, { path: '/', status: 401 })).toBeUndefined();
  expect(unexpected({ status: 200, body: 'FINE' }, expected)).toBe('the body does not contain "fine"');
  expect(unexpected({ status: 200, body: '' }, { ...expected, body: '' })).toBeUndefined();
});
