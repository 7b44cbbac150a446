import { type App, SITE_NAMES, type SiteName } from '../core/config';
import { siteOf } from '../core/flip';
import type { Network } from '../core/network';
import { mapBounded } from '../lambdas/adapters/concurrency';
import { authoritativeAnswers } from '../lambdas/adapters/network/authoritative';

/** What main answers now, by the zone's own name servers. */
export interface MainAnswer {
  app: string;
  main: string;
  /** The site that every server that answers names; null when they disagree, name neither, or nobody answers. */
  at: SiteName | null;
  /** What each server said; null where it said nothing, an empty text where it has no CNAME. */
  answers: (string | null)[];
  sentence: string;
}

const AT_ONCE = 100;

/** Asks for every app that has a main; past every cache, with nothing of AWS's control planes. */
export function askMains(network: Network, apps: readonly App[]): Promise<MainAnswer[]> {
  const called = apps.flatMap(({ name, endpoint }) => (endpoint ? [{ name, endpoint }] : []));
  return mapBounded(called, AT_ONCE, async ({ name, endpoint }) =>
    mainAnswer(name, endpoint, await authoritativeAnswers(network, endpoint.zone, endpoint.main)),
  );
}

/** @param answers as `authoritativeAnswers` gives them */
export function mainAnswer(
  app: string,
  endpoint: NonNullable<App['endpoint']>,
  answers: readonly (string | undefined)[],
): MainAnswer {
  const { main, zone } = endpoint;
  const said = answers.filter(answer => answer !== undefined);
  const sites = new Set(said.map(answer => siteOf(endpoint, answer)));
  const [only] = sites;
  const at = sites.size === 1 && only ? only : null;
  const shown = { app, main, at, answers: answers.map(answer => answer ?? null) };
  const servers = `${said.length} of ${answers.length} name servers`;
  if (said.length === 0) {
    return { ...shown, sentence: `${main}: not known, no name server of ${zone.name} answers` };
  }
  if (at) return { ...shown, sentence: `${main} points to ${at} (${servers} say ${endpoint.hosts[at]})` };
  const different = [...new Set(said.map(answer => answer || 'nothing'))].join(', ');
  const names = SITE_NAMES.map(site => endpoint.hosts[site]).join(' or ');
  return {
    ...shown,
    sentence: `${main} does NOT point to one site: ${servers} say ${different}; expected ${names}`,
  };
}

/** The site that all of these point to. */
export function commonSite(mains: readonly MainAnswer[]): SiteName | undefined {
  const sites = new Set(mains.map(({ at }) => at));
  const [only] = sites;
  return sites.size === 1 && only ? only : undefined;
}
