/** The parts of Kubernetes objects that decisions read. Shapes as the API gives them. */
export interface Metadata {
  name: string;
  namespace?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** Deployment or StatefulSet, CronJob. */
export interface WorkloadObject {
  kind: 'Deployment' | 'StatefulSet' | 'CronJob';
  metadata: Metadata;
  spec: {
    replicas?: number;
    suspend?: boolean;
    /** What becomes of the claims of a StatefulSet. */
    persistentVolumeClaimRetentionPolicy?: { whenScaled?: string };
    template?: PodTemplate;
    jobTemplate?: { spec?: { template?: PodTemplate } };
  };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    readyReplicas?: number;
    updatedReplicas?: number;
  };
}

export interface PodTemplate {
  spec?: PodSpec;
}

export interface PodSpec {
  containers?: Container[];
  initContainers?: Container[];
  volumes?: PodVolume[];
  nodeSelector?: Record<string, string>;
  tolerations?: unknown[];
}

export interface PodVolume {
  name: string;
  persistentVolumeClaim?: { claimName: string };
}

export interface Container {
  image?: string;
  resources?: { requests?: { cpu?: string | number; memory?: string | number } };
}

export interface PodObject {
  metadata: Metadata;
  spec?: PodSpec & { nodeName?: string };
  status?: {
    phase?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    containerStatuses?: { ready?: boolean; state?: { waiting?: { reason?: string; message?: string } } }[];
  };
}

export interface AutoscalerObject {
  metadata: Metadata;
  spec: { minReplicas?: number; maxReplicas: number; scaleTargetRef: { kind: string; name: string } };
}

export interface NodeObject {
  metadata: Metadata;
  spec?: { unschedulable?: boolean };
  status?: {
    conditions?: { type: string; status: string }[];
    allocatable?: { cpu?: string | number; memory?: string | number; pods?: string | number };
  };
}

export interface IngressObject {
  metadata: Metadata;
  spec?: {
    ingressClassName?: string;
    rules?: { host?: string; http?: { paths?: { backend?: { service?: { name: string } } }[] } }[];
    tls?: { hosts?: string[]; secretName?: string }[];
  };
  status?: { loadBalancer?: { ingress?: { hostname?: string; ip?: string }[] } };
}

export interface ServiceObject {
  metadata: Metadata;
}

export interface ClaimObject {
  metadata: Metadata;
  spec?: { volumeName?: string; storageClassName?: string };
  status?: { phase?: string };
}

// Velero's (velero.io/v1).

export interface BackupObject {
  metadata: Metadata;
  spec?: { includedNamespaces?: string[]; storageLocation?: string };
  status?: {
    phase?: string;
    warnings?: number;
    errors?: number;
    failureReason?: string;
    validationErrors?: string[];
    startTimestamp?: string;
    completionTimestamp?: string;
    expiration?: string;
    /** Volumes that the data mover took, in snapshots. */
    backupItemOperationsCompleted?: number;
  };
}

/** What file-system backup made of one volume of a Pod. */
export interface VolumeBackupObject {
  metadata: Metadata;
  spec?: { pod?: { namespace?: string; name?: string }; volume?: string };
  status?: { phase?: string; message?: string };
}

export interface RestoreObject {
  metadata: Metadata;
  spec?: { backupName?: string };
  status?: {
    phase?: string;
    warnings?: number;
    errors?: number;
    failureReason?: string;
    validationErrors?: string[];
    startTimestamp?: string;
    progress?: { totalItems?: number; itemsRestored?: number };
  };
}

export interface LocationObject {
  metadata: Metadata;
  spec?: { accessMode?: string };
  status?: { phase?: string; message?: string };
}

export interface ScheduleObject {
  metadata: Metadata;
  spec?: { paused?: boolean; template?: BackupTemplate };
}

/** The spec of the Backups that a Schedule makes, and what it gives them of metadata. */
export interface BackupTemplate {
  metadata?: { labels?: Record<string, string> };
  includedNamespaces?: string[];
  storageLocation?: string;
  defaultVolumesToFsBackup?: boolean;
  snapshotMoveData?: boolean;
}

/** Marks that Lifeboat leaves on objects; they survive a run that is cut. */
export const ANNOTATIONS = {
  /** What `replicas` was before Lifeboat changed it. */
  replicasBefore: 'lifeboat.dev/replicas-before',
  /** What `suspend` was before. */
  suspendBefore: 'lifeboat.dev/suspend-before',
  /** What a HorizontalPodAutoscaler's `minReplicas` was before. */
  minReplicasBefore: 'lifeboat.dev/min-replicas-before',
  /** What a Velero Schedule's `paused` was before. */
  pausedBefore: 'lifeboat.dev/paused-before',
  /** The run that made the change. */
  changedBy: 'lifeboat.dev/changed-by',
} as const;

/** On a Pod that holds a volume of an app at rest, so that file-system backup can read it; its value is the activation. */
export const READER_LABEL = 'lifeboat.dev/reader';
/** On a restored Pod that only carries its volume's data into the cluster. */
export const CARRIER_LABEL = 'lifeboat.dev/carrier';
/** Velero's own label on what belongs to a backup. */
export const BACKUP_LABEL = 'velero.io/backup-name';
/** Velero's own label on all that a restore brought. */
export const RESTORE_LABEL = 'velero.io/restore-name';
