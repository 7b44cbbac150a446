import { join } from 'node:path';
import { readVisits, type Visit } from './client/journal';
import type { CustomerSettings } from './client/main';
import { Daemon } from './host/daemon';
import { RESOLVER } from './network';

const MAIN = join(__dirname, 'client', 'main.ts');
const PER_SECOND = 5;
const TIMEOUT_MS = 2000;
const FIRST_MS = 60_000;

/** The customer, in a process of its own: what the bed does must not make it late. */
export class Customer {
  private constructor(
    private readonly daemon: Daemon,
    private readonly file: string,
  ) {}

  /** Resolves with the first good answer. @throws DaemonFailed */
  static async arrive(folder: string, main: string, ttl: number, authorityFile: string): Promise<Customer> {
    const file = join(folder, 'customer.jsonl');
    const settings: CustomerSettings = {
      main,
      ttl,
      authorityFile,
      file,
      resolver: RESOLVER,
      perSecond: PER_SECOND,
      timeoutMs: TIMEOUT_MS,
    };
    const daemon = Daemon.start({
      name: 'the customer',
      command: [process.execPath, '--import', 'tsx', MAIN, JSON.stringify(settings)],
      log: join(folder, 'customer.log'),
    });
    const customer = new Customer(daemon, file);
    await daemon.ready(async () => customer.visits().some(({ ok }) => ok), FIRST_MS);
    return customer;
  }

  visits(): Visit[] {
    return readVisits(this.file);
  }

  async leave(): Promise<void> {
    await this.daemon.stop(2 * TIMEOUT_MS);
  }
}
