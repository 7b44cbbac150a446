import type { SiteName } from '../core/config';

/** What a rehearsal tells while it goes on; renderers subscribe. `at` is ms since the epoch on the rehearsal's clock. */
export type RehearsalEvent =
  | { kind: 'scenario'; at: number; name: string; story: string; manifests: Record<SiteName, string> }
  | { kind: 'note'; at: number; text: string }
  /** Something that the scenario makes happen. */
  | { kind: 'happens'; at: number; text: string }
  /** A run starts or ends. */
  | { kind: 'run'; at: number; run: string; site: SiteName; status: string }
  /** A step gave an answer: what was done, or what is waited for and why. */
  | { kind: 'step'; at: number; site: SiteName; step: string; app?: string; done: boolean; detail: string }
  | {
      kind: 'step-failed';
      at: number;
      site: SiteName;
      step: string;
      app?: string;
      error: string;
      detail: string;
    }
  | { kind: 'message'; at: number; subject: string }
  /** Main points elsewhere. */
  | { kind: 'main'; at: number; app: string; to: string };

export type Listener = (event: RehearsalEvent) => void;
