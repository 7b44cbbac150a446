import { type Concerns, changedConcerns, type Seen } from '../../core/concerns';
import { NOW } from './builders';

const BAD: Seen = { 'name dr shop': { text: 'dr does not resolve.' } };
const MINUTE = 60_000;

/** Looks a minute apart, and what each of them told. */
function told(...looks: Seen[]): string[][] {
  let before: Concerns = {};
  return looks.map((seen, index) => {
    const { next, worse, well } = changedConcerns(before, seen, NOW + index * MINUTE);
    before = next;
    return [...worse.map(text => `bad ${text}`), ...well.map(text => `well ${text}`)];
  });
}

it('tells what stays once, at the second look, and once that it is gone', () => {
  const well: Seen = { 'name dr shop': 'well' };
  expect(told(BAD, BAD, BAD, well, well)).toEqual([
    [],
    ['bad dr does not resolve.'],
    [],
    ['well dr does not resolve.'],
    [],
  ]);
});

it('says nothing of what passes within a minute', () => {
  expect(told(BAD, { 'name dr shop': 'well' }, BAD, { 'name dr shop': 'well' })).toEqual([[], [], [], []]);
});

it('tells of a certificate at once: it does not mend itself in a minute', () => {
  const seen: Seen = { 'certificate dr shop': { text: 'expires soon.' } };
  expect(told(seen, seen)).toEqual([['bad expires soon.'], []]);
});

it('keeps what nobody could see, and says neither', () => {
  expect(told(BAD, BAD, { 'name dr shop': 'unknown' }, BAD)).toEqual([
    [],
    ['bad dr does not resolve.'],
    [],
    [],
  ]);
});

it('forgets what is not looked at any more', () => {
  expect(told(BAD, BAD, {}, { 'name dr shop': 'well' })).toEqual([[], ['bad dr does not resolve.'], [], []]);
});

it('gives the same object when there is nothing to write', () => {
  const { next } = changedConcerns({}, BAD, NOW);
  const { next: told } = changedConcerns(next, BAD, NOW + MINUTE);
  expect(changedConcerns(told, BAD, NOW + 2 * MINUTE).next).toBe(told);
  const nothing: Concerns = {};
  expect(changedConcerns(nothing, { api: 'well' }, NOW).next).toBe(nothing);
});
