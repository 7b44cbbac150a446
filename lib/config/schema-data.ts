/** How an app's volumes reach the other site. */
import type { z } from 'zod';
import { duration, list, map, oneOf, table } from './fields';
import { imagePrefix, labelKey, labelValue, namespaceName, objectName, resourceName } from './names';

const DAY = 86_400;

const storageClass = objectName('a storage class name', 'gp3-primary');

const labelBySite = map('a map', 'write a value for each site, like { primary: a, dr: b }', {
  primary: labelValue.describe('The value on the primary site.'),
  dr: labelValue.describe('The value on the dr site.'),
}).describe('The value of this label on each site.');

export const data = map('a map', 'write it like { schedule: sample-app }', {
  mover: oneOf('a data mover', ['velero'], ['portworx'])
    .default('velero')
    .describe(
      'What moves the volumes. Velero must be installed in both clusters with one shared backup location.',
    ),
  veleroNamespace: namespaceName
    .default('velero')
    .describe('The namespace that Velero runs in, on both sites.'),
  schedule: objectName('the name of a Velero schedule', 'sample-app')
    .optional()
    .describe('The Velero Schedule whose newest usable backup is restored. Either this or backup.'),
  backup: objectName('the name of a Velero backup', 'sample-app-20260101')
    .optional()
    .describe('One Velero Backup by name, for data that does not change. Either this or schedule.'),
  maxAge: duration({ min: 1, max: 365 * DAY })
    .default('90m')
    .describe(
      'The recovery point objective (RPO): an older backup is not restored and the run is refused. No value fits every app, so set your own: well above the interval of the schedule, or a single late backup blocks the failover.',
    ),
  deadline: duration({ min: 1, max: DAY })
    .default('30m')
    .describe('How long the restore may take before the run stops and tells on-call. At most 24h.'),
  partiallyFailed: oneOf('a policy', ['refuse', 'accept'])
    .default('refuse')
    .describe(
      'What to do when Velero ends with PartiallyFailed. refuse: stop before the flip. accept: go on with what is there.',
    ),
  leaveOut: list('a list', 'write it like [configmaps, jobs.batch]', resourceName)
    .default([])
    .describe(
      "Resources that are not restored, by Velero's names, beyond those that never are (Ingresses, Certificates and the like).",
    ),
  storageClasses: table(
    'a map',
    'write it like { gp3-primary: gp3-dr }',
    storageClass,
    storageClass.describe('The storage class on the dr site.'),
  )
    .default({})
    .describe(
      'Storage classes that have another name on the other site, written primary: dr. When the primary is activated the map is read backwards; if two lead to one, the first listed wins on the way back.',
    ),
  labels: table('a map', 'write it like { site: { primary: a, dr: b } }', labelKey, labelBySite)
    .default({})
    .describe('Labels that are set on what is restored, with their value for each site.'),
  images: table(
    'a map',
    'write it like { registry.one.example: registry.two.example }',
    imagePrefix,
    imagePrefix.describe('The registry that the dr site pulls from.'),
  )
    .default({})
    .describe(
      'Image registries that are replaced in what is restored, written primary: dr, by prefix. When the primary is activated the map is read backwards; if two lead to one, the first listed wins on the way back.',
    ),
}).meta({
  description:
    'How the volumes reach the other site. Left out: a stateless app, or one whose data replicates by itself.',
  oneOf: [{ required: ['schedule'] }, { required: ['backup'] }],
});

export type RawData = z.output<typeof data>;
