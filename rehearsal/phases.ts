import type { AppRun } from '../core/ledger';
import type { PhaseReport, RtoSplit } from './report';

/** The RTO by phase, from the ledger's timeline; nothing when a phase that it needs did not end. */
export function splitOf(
  record: AppRun,
  outageAt: number | undefined,
  runStartedAt: number,
  back: number | undefined,
): { split?: RtoSplit } {
  const end = (phase: keyof AppRun['phases']) => record.phases[phase]?.endedAt;
  const [turn, restore, scale, verify, flip] = [
    end('turn'),
    end('restore'),
    end('scale'),
    end('verify'),
    end('flip'),
  ];
  if (outageAt === undefined || back === undefined || !turn || !restore || !scale || !verify || !flip)
    return {};
  const seconds = (from: number, to: number) => Math.max(0, (to - from) / 1000);
  // A customer may be served before the last server has the change: then nothing is left for the TTL.
  const flipped = Math.min(flip, back);
  return {
    split: {
      detection: seconds(outageAt, runStartedAt),
      // Customers of a switchover begin to wait when the app is put to rest.
      decision: seconds(Math.max(outageAt, runStartedAt), turn),
      data: seconds(Math.max(outageAt, turn), restore),
      scale: seconds(restore, scale),
      verify: seconds(scale, verify),
      dns: seconds(verify, flipped),
      clientTtl: seconds(flipped, back),
    },
  };
}

/** The phases of an app's run in the order in which they began. */
export function phasesOf(record: AppRun): PhaseReport[] {
  return Object.entries(record.phases)
    .sort(([, a], [, b]) => a.startedAt - b.startedAt)
    .map(([name, { startedAt, endedAt, outcome, detail }]) => ({
      name,
      outcome: outcome ?? 'cut',
      startedAt: new Date(startedAt).toISOString(),
      ...(endedAt === undefined
        ? {}
        : { endedAt: new Date(endedAt).toISOString(), seconds: (endedAt - startedAt) / 1000 }),
      detail,
    }));
}
