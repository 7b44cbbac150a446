import { AutomaticRuns } from './automatic-runs';
import type { Checker, Watched } from './checker';
import { DataFirst } from './data-first';
import { Drills } from './drills';
import { Endings } from './endings';
import { Fencing } from './fencing';
import { Leases } from './leases';
import { LostRegion } from './lost-region';
import { MainName } from './main-name';
import { NothingLost } from './nothing-lost';
import { Restores } from './restores';
import { Undone } from './undone';

export type { Checker, Finding, Watched } from './checker';
export { Restores } from './restores';

/** Sets all checkers on a night, before it begins. */
export function watch(watched: Watched): { checkers: Checker[]; restores: Restores } {
  const restores = new Restores(watched);
  const checkers = [
    ...new MainName(watched).checkers,
    new Leases(watched),
    new AutomaticRuns(watched),
    new Endings(watched),
    ...restores.checkers,
    new DataFirst(watched),
    new LostRegion(watched),
  ].sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
  return {
    checkers: [
      ...checkers,
      new Undone(watched),
      new NothingLost(watched),
      new Drills(watched),
      new Fencing(watched),
    ],
    restores,
  };
}
