/**
 * What changed between two looks in peace. An error is known by the app and the check (the word before the colon):
 * an age that grows is the same error, not a new message every five minutes.
 * @param before error texts by app, each `check: detail`
 */
export function changedReadiness(
  before: Record<string, string[]>,
  now: Record<string, string[]>,
): { worse: string[]; well: string[] } {
  return { worse: beyond(now, before), well: beyond(before, now) };
}

function beyond(these: Record<string, string[]>, those: Record<string, string[]>): string[] {
  return Object.entries(these).flatMap(([app, texts]) => {
    const known = new Set((those[app] ?? []).map(checkOf));
    return texts.filter(text => !known.has(checkOf(text))).map(text => `${app}: ${text}`);
  });
}

function checkOf(text: string): string {
  return text.split(':')[0] ?? text;
}
