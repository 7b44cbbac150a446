import { type Config, SITE_NAMES, type SiteName } from './config';
import { BadRequest } from './errors';
import { MODES, type Mode, otherSite, STARTERS, type StartedBy } from './run';

/** What somebody asks for when they start an execution. */
export interface Request {
  activate: SiteName;
  mode: Mode;
  startedBy: StartedBy;
  reason: string;
  /** Absent: every app of the configuration. */
  apps?: string[];
  /** A person says that a backup beyond the RPO is better than none. */
  acceptOldBackup: boolean;
}

const FIELDS = ['acceptOldBackup', 'activate', 'apps', 'mode', 'reason', 'startedBy'];

/**
 * Reads the input of an execution. The shortest one is `{"activate": "dr"}`.
 * @param site the site that this state machine activates
 * @throws BadRequest with everything that is wrong
 */
export function parseRequest(input: unknown, config: Config, site: SiteName): Request {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new BadRequest(
      `The input is ${show(input)}. Expected is an object, at its shortest ${shortest(site)}.`,
    );
  }
  const fields = new Map(Object.entries(input));
  const problems = [
    ...unknownFields(fields),
    ...wrongActivate(fields.get('activate'), config, site),
    ...wrongMode(fields.get('mode'), fields.get('startedBy')),
    ...wrongApps(fields.get('apps'), config),
    ...wrongDetails(fields),
  ];
  if (problems.length > 0) {
    throw new BadRequest(
      `${problems.join(' ')} At its shortest the input is ${shortest(site)}. Nothing was touched.`,
    );
  }
  const apps = fields.get('apps') as string[] | undefined;
  return {
    activate: site,
    mode: (fields.get('mode') as Mode | undefined) ?? 'failover',
    startedBy: (fields.get('startedBy') as StartedBy | undefined) ?? 'person',
    reason: (fields.get('reason') as string | undefined) ?? 'started by hand',
    ...(apps ? { apps: [...new Set(apps)] } : {}),
    acceptOldBackup: fields.get('acceptOldBackup') === true,
  };
}

function unknownFields(fields: Map<string, unknown>): string[] {
  const unknown = [...fields.keys()].filter(field => !FIELDS.includes(field));
  if (unknown.length === 0) return [];
  return [`Unknown: ${unknown.map(show).join(', ')}; known are ${FIELDS.join(', ')}.`];
}

function wrongActivate(value: unknown, config: Config, site: SiteName): string[] {
  if (!SITE_NAMES.includes(value as SiteName)) {
    return [`"activate" is ${show(value)}; expected is "${site}".`];
  }
  if (value === site) return [];
  const region = config.sites[otherSite(site)].region;
  return [
    `"activate" is ${show(value)}, and this state machine activates "${site}" only; ` +
      `start the one of the same name in ${region} for "${value}".`,
  ];
}

function wrongMode(value: unknown, startedBy: unknown): string[] {
  if (value === undefined || value === 'failover') return [];
  if (!MODES.includes(value as Mode)) {
    return [`"mode" is ${show(value)}; expected is ${MODES.map(show).join(' or ')}.`];
  }
  // An alarm says that the other site is lost. What needs that site is asked for by somebody who knows it is not.
  if (startedBy !== undefined && startedBy !== 'person')
    return [`"mode" is ${show(value)}, which only a person may ask for.`];
  return [];
}

function wrongApps(value: unknown, config: Config): string[] {
  if (value === undefined) return [];
  const known = config.apps.map(app => app.name);
  if (!Array.isArray(value) || value.length === 0 || !value.every(name => typeof name === 'string')) {
    return [
      `"apps" is ${show(value)}; expected is a list of names out of ${known.join(', ')}, or nothing for all.`,
    ];
  }
  const unknown = value.filter(name => !known.includes(name));
  if (unknown.length === 0) return [];
  return [`"apps" names ${unknown.map(show).join(', ')}; the configuration has ${known.join(', ')}.`];
}

function wrongDetails(fields: Map<string, unknown>): string[] {
  const problems: string[] = [];
  const reason = fields.get('reason');
  if (reason !== undefined && (typeof reason !== 'string' || reason.length > 500)) {
    problems.push(`"reason" is ${show(reason)}; expected is a text of at most 500 characters.`);
  }
  const startedBy = fields.get('startedBy');
  if (startedBy !== undefined && !STARTERS.includes(startedBy as StartedBy)) {
    problems.push(`"startedBy" is ${show(startedBy)}; expected is one of ${STARTERS.map(show).join(', ')}.`);
  }
  const acceptOldBackup = fields.get('acceptOldBackup');
  if (acceptOldBackup !== undefined && typeof acceptOldBackup !== 'boolean') {
    problems.push(`"acceptOldBackup" is ${show(acceptOldBackup)}; expected is true or false.`);
  }
  return problems;
}

function shortest(site: SiteName): string {
  return `{"activate": "${site}"}`;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
