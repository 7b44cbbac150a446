import { createWriteStream, readFileSync } from 'node:fs';
import { CachingResolver } from './resolver';
import { type Shop, visit } from './visit';

export interface CustomerSettings {
  main: string;
  resolver: string;
  /** Of main's CNAME, in seconds. */
  ttl: number;
  authorityFile: string;
  perSecond: number;
  timeoutMs: number;
  /** Takes one JSON line for each visit. */
  file: string;
}

/**
 * A customer who orders all night. Each visit begins on its beat, whatever became of the one before: a shop that
 * hangs must not make the customer ask less often, or the outage would look shorter than it is.
 */
function main(settings: CustomerSettings): void {
  const { main, resolver, ttl, authorityFile, perSecond, timeoutMs, file } = settings;
  const shop: Shop = { main, timeoutMs, authority: readFileSync(authorityFile, 'utf8') };
  const names = new CachingResolver(resolver, main, ttl);
  const journal = createWriteStream(file, { flags: 'a' });
  let number = 0;
  let open = 0;
  let leaving = false;
  const beat = setInterval(() => {
    number += 1;
    open += 1;
    visit(shop, names, number).then(seen => {
      journal.write(`${JSON.stringify(seen)}\n`);
      open -= 1;
      if (leaving && open === 0) journal.end();
    });
  }, 1000 / perSecond);
  process.once('SIGTERM', () => {
    leaving = true;
    clearInterval(beat);
    if (open === 0) journal.end();
  });
}

main(JSON.parse(process.argv[2] ?? '{}') as CustomerSettings);
