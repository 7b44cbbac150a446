/**
 * A fake was asked for something that it does not do. Never a behaviour of AWS: the fake or the caller needs work.
 * Step code may swallow it in a best-effort call, so a rehearsal must also look for `FakeLimit` among the outcomes
 * in the CallLog.
 */
export class FakeLimit extends Error {
  override name = 'FakeLimit';
}

/** @throws FakeLimit when `value` has a field that is set and not in `known`. */
export function onlyKnown(what: string, value: object, known: readonly string[]): void {
  for (const [field, content] of Object.entries(value)) {
    if (content !== undefined && !known.includes(field)) {
      throw new FakeLimit(`${what}: the fake does not know the field ${field}`);
    }
  }
}
