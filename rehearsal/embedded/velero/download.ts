import { at, stamp, text, UnsupportedByFake } from './json';
import type { Process } from './server';

/**
 * pkg/controller/download_request_controller.go. A request about something that is not there stays without a phase,
 * so its asker waits for nothing. Ten minutes after it was answered, the request is deleted.
 */
export function reconcileDownload({ cluster, bucket, clock }: Process, name: string): void {
  const request = cluster.own('DownloadRequest', name);
  if (!request) return;
  const expiration = text(at(request, 'status', 'expiration'));
  if (expiration !== undefined && Date.parse(expiration) < clock.now()) {
    cluster.remove('DownloadRequest', name);
    return;
  }
  if (at(request, 'status', 'phase') === 'Processed') return;
  const kind = at(request, 'spec', 'target', 'kind');
  if (kind !== 'RestoreResults') throw new UnsupportedByFake(`a DownloadRequest for ${String(kind)}`);
  const target = text(at(request, 'spec', 'target', 'name')) ?? '';
  const restore = cluster.own('Restore', target);
  const backup = restore && cluster.own('Backup', text(at(restore, 'spec', 'backupName')) ?? '');
  cluster.edit('DownloadRequest', name, (_, status) => {
    status.expiration = stamp(clock.now() + 600_000);
    if (!backup) return;
    status.downloadURL = bucket.resultsUrl(target, clock.now());
    status.phase = 'Processed';
  });
}
