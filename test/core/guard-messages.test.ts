import { fencedMessage, guardMessage, notFencedMessage } from '../../core/guard-messages';
import { config } from './builders';

it('says in the subject that the old site is back, and after how long it was fenced', () => {
  const { subject, text, attributes } = fencedMessage(
    config(),
    'dr',
    ['shop: Deployment shop/web: 2 → 0'],
    9.4,
  );
  expect(subject).toBe('[levlabs] primary is back, fenced after 9 s');
  expect(text).toContain('shop: Deployment shop/web: 2 → 0');
  expect(text).toContain('main points to dr');
  expect(attributes).toEqual({ lifeboat: 'levlabs', event: 'old-site-fenced', activate: 'dr' });
});

it('says that the old site is back and not fenced, and what to type', () => {
  const { subject, text, attributes } = notFencedMessage(config(), 'primary', ['shop: forbidden']);
  expect(subject).toBe('[levlabs] dr is back and NOT fenced');
  expect(text).toContain('shop: forbidden');
  expect(text).toContain('kubectl --context levlabs-dr');
  expect(attributes.event).toBe('old-site-not-fenced');
});

it('warns with the first worry as its subject, and is well again under another event', () => {
  const warns = guardMessage(config(), 'dr', ['The certificate expires.', 'A name is gone.'], []);
  expect(warns.subject).toBe('[levlabs] Guard: The certificate expires.');
  expect(warns.text).toContain('A name is gone.');
  expect(warns.attributes.event).toBe('guard-warns');
  const well = guardMessage(config(), 'dr', [], ['A name is gone.']);
  expect(well).toMatchObject({ subject: '[levlabs] Guard: well again', attributes: { event: 'guard-well' } });
});
