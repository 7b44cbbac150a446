import type { Listener } from '../../events';
import type { Bed } from '../bed';
import type { Customer } from '../customer';
import type { FileSum } from '../shop';

/** Where a night is played, and who sees it. */
export interface Stage {
  bed: Bed;
  /** What lies on the volume besides the orders, by file. */
  ballast: Record<string, FileSum>;
  /** Orders from before the night until after it. */
  customer: Customer;
  listener: Listener;
  /** What happens around the night. */
  say: (line: string) => void;
  /** Name and version of everything that runs. */
  versions: Record<string, string>;
}
