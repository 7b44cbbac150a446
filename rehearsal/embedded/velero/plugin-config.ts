import type { KubeObject } from '../kubernetes/object';
import type { Cluster } from './cluster';

/**
 * The ConfigMap that configures a restore item action, found by its labels in Velero's namespace
 * (pkg/plugin/framework/common/plugin_config.go). @throws Error when there are several, which fails every item
 */
export function pluginConfig(cluster: Cluster, action: string): KubeObject | undefined {
  const found = cluster.list('v1', 'ConfigMap', cluster.namespace).filter(({ metadata }) => {
    const labels = metadata.labels ?? {};
    return 'velero.io/plugin-config' in labels && labels[action] === 'RestoreItemAction';
  });
  if (found.length > 1) {
    const names = found.map(({ metadata }) => metadata.name).join(' ');
    const selector = `velero.io/plugin-config,${action}=RestoreItemAction`;
    throw new Error(`found more than one ConfigMap matching label selector "${selector}": [${names}]`);
  }
  return found[0];
}
