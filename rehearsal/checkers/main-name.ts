import { type App, SITE_NAMES, type SiteName } from '../../core/config';
import { clientProblem } from '../../core/verification';
import { type Checker, clockTime, type Finding, found, type Watched } from './checker';

interface Move {
  app: App;
  to: SiteName | undefined;
  at: number;
  /** What a client that asked the new site for main got at that moment; undefined when it was well served. */
  problem?: string | undefined;
}

/** What moves main, by whichever switch. */
const WRITES = ['route53 ChangeResourceRecordSets', 's3 PutObject', 's3 DeleteObject'];

/**
 * Looks every second at what the authoritative servers say main is, and asks the site that it moves to, as a client
 * would, at the moment when it moves. I1: main never points to a site that failed its last verification. I2: main
 * always answers, with exactly one of the two site names. I9: main goes back only by a run.
 */
export class MainName {
  readonly checkers: Checker[] = [
    { id: 'I1', finding: () => this.verified() },
    { id: 'I2', finding: () => this.answered() },
    { id: 'I9', finding: () => this.movedByRuns() },
  ];
  private readonly moves: Move[] = [];
  private readonly wrong: string[] = [];
  private readonly last = new Map<string, SiteName | undefined>();
  private readonly moving = new Set<string>();
  private looks = 0;

  constructor(private readonly watched: Watched) {
    const { night } = watched;
    for (const app of night.config.apps) {
      if (app.endpoint) this.last.set(app.name, night.mainAt(app)[0]);
    }
    night.clock.every(1000, () => this.look());
  }

  private look(): void {
    const { night, director } = this.watched;
    this.looks++;
    for (const app of night.config.apps) {
      if (!app.endpoint) continue;
      const answers = night.mainAt(app);
      const changed = director.changedByHand.has(app.endpoint.main);
      if (answers.some(site => site === undefined) && !changed) {
        this.wrong.push(`${app.endpoint.main} was no site's name at ${clockTime(night.clock.now())}`);
      }
      const before = this.last.get(app.name);
      if (!this.isNew(app.name, answers)) continue;
      const to = answers.find(site => site !== before);
      const move: Move = { app, to, at: night.clock.now() };
      this.moves.push(move);
      if (to) void this.verify(move, to);
    }
  }

  /**
   * The first server that says something new is the first client that goes there. Until all servers agree again it is
   * one and the same move.
   */
  private isNew(app: string, answers: readonly (SiteName | undefined)[]): boolean {
    const before = this.last.get(app);
    const agreed = answers.every(site => site === answers[0]);
    const differs = answers.some(site => site !== before);
    const isNew = differs && !this.moving.has(app);
    if (differs) this.moving.add(app);
    if (agreed) {
      this.last.set(app, answers[0]);
      this.moving.delete(app);
    }
    return isNew;
  }

  private async verify(move: Move, to: SiteName): Promise<void> {
    const { night } = this.watched;
    const { endpoint } = move.app;
    const address = night.clusters[to].loadBalancer.addresses[0];
    if (!endpoint || !address) return;
    const result = await night.internet.exchange({
      from: 'checker',
      address,
      port: 443,
      serverName: endpoint.main,
      host: endpoint.main,
      path: endpoint.health.path,
      deadlineMs: 3000,
      verify: true,
    });
    move.problem = clientProblem(result, endpoint, night.clock.now());
  }

  private verified(): Finding {
    const violations = this.moves.flatMap(({ app, to, at, problem }) =>
      problem
        ? [`${app.endpoint?.main} went to ${to} at ${clockTime(at)}, and a client there got: ${problem}`]
        : [],
    );
    const moves = this.moves.filter(({ to }) => to).map(({ to, at }) => `to ${to} at ${clockTime(at)}`);
    return found(
      'I1',
      violations,
      moves.length > 0 ? `main went ${moves.join(', ')}; clients were served there` : 'main did not move',
    );
  }

  private answered(): Finding {
    const sites = SITE_NAMES.join(' or ');
    return found(
      'I2',
      this.wrong,
      `${this.looks} looks at all authoritative servers, a second apart: always ${sites}`,
    );
  }

  private movedByRuns(): Finding {
    const { night, director } = this.watched;
    const changes = night.calls.calls.filter(
      ({ service, action, step, outcome }) =>
        step === 'flip' && outcome === 'ok' && WRITES.includes(`${service} ${action}`),
    );
    const violations: string[] = [];
    const since = new Map<string, number>();
    for (const { app, to, at } of this.moves) {
      const from = since.get(app.name) ?? 0;
      since.set(app.name, at);
      if (director.changedByHand.has(app.endpoint?.main ?? '')) continue;
      // A change made before the last move was that one's.
      const own = changes.some(call => call.at > from && call.at <= at && call.app === app.name);
      if (!own) violations.push(`main went to ${to} at ${clockTime(at)} and no run had changed it`);
    }
    return found(
      'I9',
      violations,
      `main moved ${times(this.moves.length)}, runs changed it ${times(changes.length)}`,
    );
  }
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
