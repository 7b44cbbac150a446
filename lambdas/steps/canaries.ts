import type { WebResult } from '../../core/network';
import type { Deps } from '../runtime/wire';
import { askUrl } from './dependencies';

/** Nothing came back from a canary. */
class Silent extends Error {
  override name = 'Silent';
}

/**
 * Whether this Region sees anything outside of it. One answer of any kind is enough, and the first one decides: a
 * canary that does not answer must not hold up a verdict.
 */
export async function canSee(deps: Deps): Promise<boolean> {
  const looks = deps.config.guard.canaries.map(async url => {
    if (!isAnswer(await askUrl(deps.network, url))) throw new Silent(url);
  });
  try {
    await Promise.any(looks);
    return true;
  } catch (error) {
    const other = (error as AggregateError).errors.find(each => !(each instanceof Silent));
    if (other) throw other;
    return false;
  }
}

/** A wrong status or certificate came from somebody too. */
function isAnswer(result: WebResult): boolean {
  return result.ok || result.failure === 'tls' || result.failure === 'http';
}
