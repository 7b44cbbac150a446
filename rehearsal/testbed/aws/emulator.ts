import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Daemon } from '../host/daemon';
import { Control } from './control';
import { freePorts } from './free-ports';

export interface EmulatorOptions {
  /** The interpreter of a virtual environment with `requirements.txt`. */
  python: string;
  /** Logs, and the code of the functions. */
  folder: string;
  address: string;
  /** Port of the front door, where executions call functions. */
  frontDoor: string;
  lambdaHost: string;
  /** Regions that have Step Functions. */
  regions: readonly string[];
  /** Of the account's root user. */
  root: { accessKeyId: string; secretAccessKey: string };
}

const MAIN = join(__dirname, 'emulator', 'main.py');
const STATE_MACHINES = join(__dirname, 'state-machines', 'main.ts');
const ROOT = join(__dirname, '..', '..', '..');
const START_MS = 30_000;

/** MiniStack with the hooks, and one process of Step Functions for each Region. */
export class Emulator {
  private constructor(
    readonly address: string,
    readonly port: number,
    readonly control: Control,
    private readonly ministack: Daemon,
    private readonly stateMachines: ReadonlyMap<string, Daemon>,
  ) {}

  /** @throws DaemonFailed */
  static async start(options: EmulatorOptions): Promise<Emulator> {
    const { address, folder, regions, root, python } = options;
    const [port, ...ports] = await freePorts(address, 1 + regions.length);
    if (port === undefined) throw new Error('freePorts gives as many as it is asked for');
    const url = `http://${address}:${port}`;
    const machines = regions.map((region, index) => ({ region, port: ports[index] ?? 0 }));
    const code = join(folder, 'functions');
    mkdirSync(code, { recursive: true });
    const ministack = Daemon.start({
      name: 'MiniStack',
      command: [python, MAIN],
      log: join(folder, 'ministack.log'),
      env: {
        ...pathOnly(),
        PYTHONUNBUFFERED: '1',
        PYTHONDONTWRITEBYTECODE: '1',
        TMPDIR: folder,
        GATEWAY_PORT: String(port),
        TESTBED_ADDRESS: address,
        TESTBED_LAMBDA_HOST: options.lambdaHost,
        TESTBED_CODE: code,
        TESTBED_STATE_MACHINES: JSON.stringify(
          Object.fromEntries(machines.map(each => [each.region, `http://${address}:${each.port}/`])),
        ),
        AWS_ACCESS_KEY_ID: root.accessKeyId,
        AWS_SECRET_ACCESS_KEY: root.secretAccessKey,
      },
    });
    const stateMachines = machines.map(each => {
      const env = {
        ...pathOnly(),
        TESTBED_REGION: each.region,
        TESTBED_ADDRESS: address,
        TESTBED_PORT: String(each.port),
        TESTBED_EMULATOR: url,
        TESTBED_FRONT_DOOR: options.frontDoor,
      };
      const daemon = Daemon.start({
        name: `Step Functions of ${each.region}`,
        command: [process.execPath, '--import', 'tsx', STATE_MACHINES],
        log: join(folder, `states-${each.region}.log`),
        cwd: ROOT,
        env,
      });
      return { ...each, daemon };
    });
    const daemons = new Map(stateMachines.map(({ region, daemon }) => [region, daemon]));
    const emulator = new Emulator(address, port, new Control(url), ministack, daemons);
    try {
      await Promise.all([
        ministack.ready(() => answers(url), START_MS),
        ...stateMachines.map(each =>
          each.daemon.ready(() => answers(`http://${address}:${each.port}`), START_MS),
        ),
      ]);
    } catch (error) {
      await emulator.stop();
      throw error;
    }
    return emulator;
  }

  get endpoint(): string {
    return `http://${this.address}:${this.port}`;
  }

  /** Executions of a lost Region stand still, and go on later with their clocks run out. */
  async setRegion(region: string, state: 'up' | 'lost'): Promise<void> {
    await this.control.call('set-region', { region, state });
    this.stateMachines.get(region)?.signal(state === 'lost' ? 'SIGSTOP' : 'SIGCONT');
  }

  async stop(): Promise<void> {
    const daemons = [...this.stateMachines.values()];
    // A stopped process takes no SIGTERM.
    for (const daemon of daemons) daemon.signal('SIGCONT');
    await Promise.all([this.ministack, ...daemons].map(daemon => daemon.stop()));
  }
}

/** A child of the bed sees none of the credentials that its user may have. */
function pathOnly(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME };
}

/** Whether somebody listens there. */
function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') resolve(false);
      else reject(error);
    });
  });
}
