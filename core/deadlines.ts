/** How long a step may be asked before its error ends the app's part, in seconds. Restores have their app's own. */
export const DEADLINES = {
  /** Pods get their grace period, and the Jobs that run may finish. */
  quiesce: 300,
  /** The last backup has as long as the app's restore, and no longer than this: customers wait meanwhile. */
  backup: 21_600,
  /** Velero looks into the bucket once a minute; five looks that find nothing are no accident. */
  sync: 300,
  /** Pods get their grace period, volumes are detached and deleted. */
  cleanup: 900,
  /** Nodes may have to be bought and images pulled first. */
  scale: 600,
  /** Ready pods take a moment to become targets of the load balancer. */
  verify: 180,
  /** Route 53 usually needs less than 60 s to bring a change to all of its servers. */
  flip: 300,
  confirm: 300,
  /** Velero restores one after the other; after a day in the queue something is wrong with it. */
  queue: 86_400,
  /** After an approval's own time is up: the workflow writes down that nobody answered, unless that itself failed. */
  answerWrittenDown: 300,
} as const;
