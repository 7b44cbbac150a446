import type { SiteName } from '../../../core/config';
import { WriteConflict } from '../../../core/errors';
import { IMAGE_NAMES, imageNamesConfigMap } from '../../../core/restore';
import type { Velero } from '../../adapters/kubernetes/velero';
import type { Deps } from '../../runtime/wire';

/** Hands the registry rewrites of all apps to Velero, which takes one set of them per cluster. */
export async function putImageNames(deps: Deps, velero: Velero, activate: SiteName): Promise<void> {
  const rewrites: Record<string, string> = {};
  for (const { data } of deps.config.apps) {
    if (data?.veleroNamespace === velero.namespace) Object.assign(rewrites, data.images[activate]);
  }
  if (Object.keys(rewrites).length === 0) return;
  const foreign = await velero.putImageNames(imageNamesConfigMap(velero.namespace, rewrites));
  if (foreign) {
    throw new WriteConflict(
      `ConfigMap ${velero.namespace}/${foreign} rewrites image names already, and Velero takes only one of its kind. ` +
        `Delete it, and put its rewrites into lifeboat.yaml; ours is ${IMAGE_NAMES}.`,
    );
  }
}
