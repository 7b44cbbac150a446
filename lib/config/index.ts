/** What other parts use of lib/config. */
export { formatDuration, parseDuration } from './duration';
export { jsonSchema } from './json-schema';
export { loadConfig, parseConfig } from './load';
export { ConfigInvalid, ConfigMissing, format, type Problem } from './problem';
