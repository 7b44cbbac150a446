import { STATUS_COMMAND, startCommand } from './commands';
import type { Config, SiteName } from './config';
import { spoken } from './duration';
import { type Message, paragraphs, plainSubject, section } from './messages';
import { otherSite } from './run';

/** What worries the guard, or does so no more. */
export function guardMessage(config: Config, site: SiteName, worse: string[], well: string[]): Message {
  const [first] = worse;
  return {
    subject: plainSubject(`[${config.name}] ${first ? `Guard: ${first}` : 'Guard: well again'}`),
    text: paragraphs([
      `The guard in ${config.sites[site].region} watches ${otherSite(site)}. This is what changed.`,
      section('Look at this', worse),
      section('Well again, which was', well),
      `Type next: ${STATUS_COMMAND}`,
    ]),
    attributes: {
      lifeboat: config.name,
      event: worse.length > 0 ? 'guard-warns' : 'guard-well',
      activate: site,
    },
  };
}

/**
 * The site that was left has come back and is at rest now.
 * @param lines what was done, by app
 * @param seconds since it was last asked in vain: for so long at most it ran
 */
export function fencedMessage(config: Config, site: SiteName, lines: string[], seconds: number): Message {
  const old = otherSite(site);
  return {
    subject: plainSubject(`[${config.name}] ${old} is back, fenced after ${spoken(seconds)}`),
    text: paragraphs([
      `${old} (${config.sites[old].region}) is back, fenced after ${spoken(seconds)}. It had no traffic: main points to ${site}, and goes back only by a run.`,
      section('Put to rest', lines),
      'What ran there in between ran with old data. If it wrote, its volumes are as it left them.',
      `When you want to go home: ${startCommand({ activate: old, mode: 'failover' })}`,
    ]),
    attributes: { lifeboat: config.name, event: 'old-site-fenced', activate: site },
  };
}

/** The site that was left has come back, and cannot be put to rest. */
export function notFencedMessage(config: Config, site: SiteName, lines: string[]): Message {
  const old = otherSite(site);
  const { region, cluster } = config.sites[old];
  return {
    subject: plainSubject(`[${config.name}] ${old} is back and NOT fenced`),
    text: paragraphs([
      `${old} (${region}) is back and NOT fenced: its pods run with old data. It has no traffic: main points to ${site}. Lifeboat tries again every few seconds.`,
      section('Why', lines),
      `Put its workloads to rest by hand if this does not end: kubectl --context ${cluster} scale deployment,statefulset --all --replicas 0 -n NAMESPACE`,
    ]),
    attributes: { lifeboat: config.name, event: 'old-site-not-fenced', activate: site },
  };
}
