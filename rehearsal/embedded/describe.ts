import type { Config } from '../../core/config';
import type { Action } from '../scenario';

/** An action of a scenario as people say it. */
export function describe(action: Action, config: Config): string {
  const site = 'site' in action ? action.site : 'primary';
  const { region, cluster } = config.sites[site];
  switch (action.do) {
    case 'lose-region':
      return `${region} goes dark: ${site} is lost.`;
    case 'restore-region':
      return `${region} comes back: ${site} boots with its old data.`;
    case 'lose-cluster':
      return `The cluster ${cluster} of ${site} is lost.`;
    case 'lose-control-planes':
      return "Route 53's control plane and the alarms of health checks, in us-east-1, stop answering.";
    case 'lose-us-east-1':
      return 'Nothing in us-east-1 answers any more, whoever asks.';
    case 'lag-name-server':
      return `One name server of each zone knows everything ${action.by} s late from now on.`;
    case 'lock-switch-bucket':
      return action.how === 'denied'
        ? `A policy forbids every write to the switch's bucket in ${region}.`
        : `Writes to the switch's bucket in ${region} get no answer any more.`;
    case 'break-app':
      return `The app on ${site} begins to answer 500.`;
    case 'repair-app':
      return `The app on ${site} answers well again.`;
    case 'api-down':
      return `The Kubernetes API of ${cluster} stops answering; the app serves on.`;
    case 'cut-egress':
      return `Nothing that leaves ${region} arrives any more; ${site} itself is well.`;
    case 'restore-egress':
      return `What leaves ${region} arrives again.`;
    case 'alarm':
      return `The alarm of the app's health check on ${site} goes off.`;
    case 'nodes-not-ready':
      return `No node of ${cluster} is Ready any more.`;
    case 'stop-backups':
      return `The backups of ${site} stop.`;
    case 'lose-backups':
      return 'Every backup is deleted.';
    case 'damage-backups':
      return 'A pack in the backup bucket is damaged.';
    case 'restore-stuck':
      return `Restores on ${site} begin and do not end.`;
    case 'kill-node-agent':
      return `The node-agent on ${site} will be killed in the middle of a volume's restore.`;
    case 'kill-data-mover':
      return `The process that restores a volume on ${site} will be killed in the middle of it.`;
    case 'lose-node-agents':
      return `The node-agents on ${site} are gone.`;
    case 'pods-never-ready':
      return `The app's pods will not become Ready on ${site}.`;
    case 'wrong-certificate':
      return `The certificate on ${site} is for its own name only.`;
    case 'change-record':
      return `A colleague points main to ${action.to} by hand.`;
    case 'kill-step':
      return `The process of ${action.step} on ${site} will be killed when its ${action.writing} is done, before it hears so.`;
    case 'pause':
      return 'A colleague pauses Lifeboat.';
    case 'start':
      return `Somebody starts the state machine in ${region} with ${JSON.stringify(action.input)}.`;
    case 'abort':
      return 'Somebody stops the run.';
    case 'approve':
      return `${action.by} approves.`;
    case 'deny':
      return `${action.by} denies.`;
  }
}
