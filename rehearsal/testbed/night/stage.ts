import type { Listener } from '../../events';
import type { Bed } from '../bed';
import type { Customer } from '../customer';

/** Where a night is played, and who sees it. */
export interface Stage {
  bed: Bed;
  /** Orders from before the night until after it. */
  customer: Customer;
  listener: Listener;
  /** What happens around the night. */
  say: (line: string) => void;
  /** Name and version of everything that runs. */
  versions: Record<string, string>;
}
