/** How long things take in a fake cluster, in milliseconds of virtual time. */
export interface Timing {
  /** From a change until a controller acts on it. */
  controllerMs: number;
  /** Pulling an image onto a node that does not have it. */
  pullMs: number;
  /** One init container. */
  initMs: number;
  /** From the image being there until the container runs. */
  startMs: number;
  /** From running until the readiness probe succeeds; an initialDelaySeconds that is longer wins. */
  readyMs: number;
  /** What a container needs to stop, at most its terminationGracePeriodSeconds. */
  stopMs: number;
  /** A Job's Pod from running to done. */
  jobMs: number;
  /** Making a volume for a claim. */
  provisionMs: number;
  /** Deleting a released volume. */
  reclaimMs: number;
  /** The ingress controller from a new Ingress to its address in status. */
  ingressMs: number;
  /** cert-manager from a new Certificate to its Secret: 12 s were measured with Pebble. */
  issueMs: number;
  /** The autoscaler's period: --horizontal-pod-autoscaler-sync-period. */
  autoscalerMs: number;
  /** From a node that is not ready to the eviction of its Pods: the default tolerationSeconds. */
  evictionMs: number;
  /** Other times for some images; the first that matches counts. */
  byImage: readonly ImageTiming[];
}

export interface ImageTiming {
  image: ImagePattern;
  pullMs?: number;
  startMs?: number;
  readyMs?: number;
  stopMs?: number;
  jobMs?: number;
}

/** The image itself, a prefix of it such as a registry, or an expression. */
export type ImagePattern = string | RegExp;

export const defaultTiming: Timing = {
  controllerMs: 20,
  pullMs: 3_000,
  initMs: 1_000,
  startMs: 1_000,
  readyMs: 2_000,
  stopMs: 2_000,
  jobMs: 5_000,
  provisionMs: 3_000,
  reclaimMs: 2_000,
  ingressMs: 4_000,
  issueMs: 12_000,
  autoscalerMs: 15_000,
  evictionMs: 300_000,
  byImage: [],
};

export function imageMatches(pattern: ImagePattern, image: string): boolean {
  return typeof pattern === 'string' ? image.startsWith(pattern) : pattern.test(image);
}

type ByImage = 'pullMs' | 'startMs' | 'readyMs' | 'stopMs' | 'jobMs';

/** The time for one image: its own, or the cluster's. */
export function timeFor(timing: Timing, what: ByImage, image: string): number {
  return timing.byImage.find(each => imageMatches(each.image, image))?.[what] ?? timing[what];
}

/** What goes wrong in a fake cluster. A scenario may change the lists while it runs. */
export interface Faults {
  /** Images that cannot be pulled: ErrImagePull, then ImagePullBackOff. A node that has the image needs no pull. */
  imageFaults: ImagePattern[];
  /** Images whose containers run and never pass their readiness probe. */
  neverReady: ImagePattern[];
  /** Why a certificate cannot be issued now, asked at each attempt. */
  certificateFault: (certificate: CertificateRequestInfo) => string | undefined;
}

export interface CertificateRequestInfo {
  namespace: string;
  name: string;
  names: readonly string[];
  issuer: string;
}

export function noFaults(): Faults {
  return { imageFaults: [], neverReady: [], certificateFault: () => undefined };
}
