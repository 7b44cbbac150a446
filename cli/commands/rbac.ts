import { loadConfig } from '../../lib/config';
import { rbacManifests, toYaml } from '../../lib/rbac';
import { configFile, readArguments, readSite } from '../arguments';
import type { ExitCode } from '../errors';
import type { Output } from '../output';

export async function rbac(args: string[], output: Output): Promise<ExitCode> {
  const { json, text } = readArguments(args, { site: { type: 'string' } }, { least: 0, most: 0 });
  const site = readSite(text('site'), '--site');
  const objects = rbacManifests(loadConfig(configFile(text('config'))), site);
  if (json) output.json({ apiVersion: 'v1', kind: 'List', items: objects });
  else output.result(toYaml(objects));
  return 0;
}
