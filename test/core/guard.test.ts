import {
  blinded,
  evidence,
  explained,
  HANGING_SECONDS,
  isNews,
  nextLook,
  unbroken,
  type Watch,
  watched,
} from '../../core/guard';
import type { Sample } from '../../core/verdict';
import { NOW, seeded } from './builders';

const DWELL = 15;

function sample(seconds: number, seen: Sample['seen'] = 'bad', took = 0): Sample {
  const at = NOW + seconds * 1000;
  return { at, until: at + took * 1000, seen, detail: seen };
}

function seenBy(...samples: Sample[]): Watch {
  return samples.reduce<Watch | undefined>(
    (watch, each) => watched(watch, 'primary', each, DWELL),
    undefined,
  ) as Watch;
}

describe('what the guard knows', () => {
  it('is down after the dwell time, whoever took the samples', () => {
    const before = seenBy(sample(0, 'good'), sample(5), sample(10), sample(15));
    expect(before.verdict.word).toBe('inconclusive');
    // The record has been to the ledger and back.
    const recalled = JSON.parse(JSON.stringify(before)) as Watch;
    expect(watched(recalled, 'primary', sample(20), DWELL).verdict.word).toBe('down');
  });

  it('begins anew after a gap in which nobody looked', () => {
    const watch = seenBy(sample(0), sample(5), sample(27), sample(32));
    expect(watch.samples).toHaveLength(2);
    expect(watch.verdict.word).toBe('inconclusive');
  });

  it('begins anew when main has moved to the other site', () => {
    const watch = watched(seenBy(sample(0), sample(5), sample(10)), 'dr', sample(15), DWELL);
    expect(watch).toMatchObject({ site: 'dr', verdict: { word: 'inconclusive' } });
    expect(watch.samples).toHaveLength(1);
  });

  it('takes the sample of a second Lambda for none when it is older', () => {
    const watch = seenBy(sample(0), sample(5));
    expect(watched(watch, 'primary', sample(3), DWELL)).toBe(watch);
    expect(watched(watch, 'primary', sample(5), DWELL)).toBe(watch);
  });

  it('stays small through a long outage, and down', () => {
    const watch = seenBy(...Array.from({ length: 1000 }, (_, index) => sample(index * 5)));
    expect(watch.verdict.word).toBe('down');
    expect(watch.samples.length).toBeLessThanOrEqual((DWELL + 60) / 5 + 1);
  });

  it.each<[string, Sample | undefined, Sample, boolean]>([
    ['the first sample', undefined, sample(0, 'good'), true],
    ['good after good', sample(0, 'good'), sample(5, 'good'), false],
    ['bad after good', sample(0, 'good'), sample(5), true],
    ['bad after bad', sample(0), sample(5), true],
    ['good after bad', sample(0), sample(5, 'good'), true],
    ['nothing seen after good', sample(0, 'good'), sample(5, 'unseen'), true],
  ])('%s is written down: %#', (_, first, second, news) => {
    const before = first && seenBy(first);
    expect(isNews(before, watched(before, 'primary', second, DWELL))).toBe(news);
  });
});

describe('what a run takes over', () => {
  const watch = seenBy(sample(0, 'good'), sample(5), sample(10, 'bad', 3));

  it('is the samples up to now', () => {
    expect(evidence(watch, 'primary', NOW + 20_000)).toEqual(watch.samples);
  });

  it.each<[string, Watch | undefined, 'primary' | 'dr', number]>([
    ['nothing was seen', undefined, 'primary', 12],
    ['another site was seen', watch, 'dr', 12],
    ['nobody has looked for a while', watch, 'primary', 34],
  ])('is nothing when %s', (_, seen, site, seconds) => {
    expect(evidence(seen, site, NOW + seconds * 1000)).toEqual([]);
  });

  it('does not reach over a gap', () => {
    expect(unbroken([sample(0), sample(5), sample(26)])).toEqual([sample(26)]);
    expect(unbroken([sample(0, 'bad', 3), sample(22)])).toHaveLength(2);
  });
});

it('makes nothing of a bad sample while it is blind, and leaves others alone', () => {
  expect(blinded(sample(0))).toMatchObject({ seen: 'unseen', detail: 'bad, and no canary answers either' });
  expect(blinded(sample(0, 'good'))).toEqual(sample(0, 'good'));
});

it('explains sample by sample', () => {
  expect(explained([sample(0, 'good'), sample(5)])).toEqual(['03:00:00 good: good', '03:00:05 bad: bad']);
});

describe('the next look', () => {
  const look = (watch: Watch | undefined, lookedAt: number, now = lookedAt, dwellSeconds = DWELL) =>
    (nextLook(NOW + lookedAt * 1000, [{ watch, dwellSeconds }], NOW + now * 1000) - NOW) / 1000;

  it('is every few seconds in peace, and while what is down is answered', () => {
    expect(look(undefined, 0)).toBe(4.5);
    expect(look(seenBy(sample(0, 'good')), 0)).toBe(4.5);
    expect(look(seenBy(sample(0), sample(5), sample(10), sample(15)), 20)).toBe(24.5);
  });

  it('is at once when the last one took longer than that', () => {
    expect(look(undefined, 0, 7)).toBe(7);
  });

  it.each([
    ['a refused connection', 0],
    ['a request that hangs', HANGING_SECONDS],
  ])('lets %s be down as soon as the dwell time is over, and never sooner', (_, took) => {
    const random = seeded(11);
    for (let round = 0; round < 300; round++) {
      const dwellSeconds = 6 + Math.floor(random() * 60);
      // The name is asked for first, which takes some milliseconds.
      const delay = () => 0.005 + random() * 0.05;
      let lookedAt = 0;
      let watch: Watch | undefined;
      let end = 0;
      while (watch?.verdict.word !== 'down') {
        const each = sample(lookedAt + delay(), 'bad', took);
        end = (each.until ?? each.at) / 1000 - NOW / 1000;
        watch = watched(watch, 'primary', each, dwellSeconds);
        if (watch.verdict.word !== 'down') lookedAt = look(watch, lookedAt, end, dwellSeconds);
      }
      const first = (watch.samples[0]?.at ?? 0) / 1000 - NOW / 1000;
      expect(end - first).toBeGreaterThanOrEqual(dwellSeconds);
      // A short dwell time is not a multiple of the time that a hanging request takes.
      expect(end - first).toBeLessThan(dwellSeconds + (dwellSeconds < 10 ? took : 0) + 0.2);
    }
  });
});
