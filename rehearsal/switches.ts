import type { Config, SiteName, SwitchName } from '../core/config';
import { CannotAct } from './scenario';

/** The configuration as if it had the switch that a night is about. @throws CannotAct where it could not have it */
export function underSwitch(config: Config, wanted: SwitchName | undefined, scenario: string): Config {
  if (wanted === undefined || wanted === config.switch) return config;
  const foreign = config.apps.find(({ endpoint }) => endpoint?.zone.roleArn !== undefined);
  if (wanted === 'standby-switch' && foreign) {
    throw new CannotAct(
      `${scenario} is about the switch ${wanted}, which the configuration cannot have: the zone of ${foreign.name} is in another account.`,
    );
  }
  return { ...config, switch: wanted };
}

/** The call by which main moves, or begins to: what `writing: main` of a scenario stands for. */
export function writeOf(config: Config, activate: SiteName, writing: string): string {
  if (writing !== 'main') return writing;
  if (config.switch === 'cname') return 'ChangeResourceRecordSets';
  return activate === 'dr' ? 'PutObject' : 'DeleteObject';
}
