import { mkdir } from 'node:fs/promises';
import { Builder } from './builder';
import { run } from './command';
import {
  BuildRunning,
  BuildStopped,
  PartFailed,
  PartUnknown,
  SourcesMissing,
  VersionUnknown,
} from './errors';
import { withLock } from './lock';
import { BadOptions, type Options, readOptions, USAGE } from './options';
import { PARTS, withInputs } from './parts';
import { cachePaths, TESTBED } from './paths';
import { type Plan, reasonOf } from './plan';
import { missingPrerequisites, PrerequisitesMissing, readMachine } from './prerequisites';
import { duration } from './progress';
import { type Reporter, terminalReporter } from './reporter';
import { readToolchain } from './toolchain';

const USERS = [BadOptions, PartUnknown, PrerequisitesMissing, BuildRunning, SourcesMissing, VersionUnknown];
const FAILURES = [PartFailed, BuildStopped];

/** @returns the exit code */
export async function main(args: string[], reporter: Reporter, signal: AbortSignal): Promise<number> {
  try {
    const options = readOptions(args);
    if (options.action === 'help') reporter.say(USAGE);
    else await act(options, reporter, signal);
    return 0;
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined || !(error instanceof Error)) throw error;
    reporter.say(error.message);
    return code;
  }
}

function codeOf(error: unknown): number | undefined {
  if (USERS.some(type => error instanceof type)) return 2;
  return FAILURES.some(type => error instanceof type) ? 1 : undefined;
}

async function act({ action, only }: Options, reporter: Reporter, signal: AbortSignal): Promise<void> {
  const began = Date.now();
  const parts = only === undefined ? PARTS : withInputs(only);
  const paths = cachePaths();
  await mkdir(paths.root, { recursive: true });
  const toolchain = await readToolchain(run, paths);
  const machine = await readMachine(run, toolchain, paths.root);
  demand(missingPrerequisites(machine, false));

  const builder = new Builder({ run, paths, toolchain, sources: TESTBED });
  const plan = await builder.look(parts);
  if (action === 'list') return list(plan, parts, reporter);
  if (plan.pending.length === 0) {
    return reporter.say(`Ready: ${counted(parts.length)} in ${paths.parts}.`);
  }
  demand(missingPrerequisites(machine, plan.cold));
  announce(plan, reporter);
  if (action === 'dry-run') return dryRun(plan, reporter);
  await withLock(paths.lock, async () => {
    // Again under the lock: whoever had it until now may have built some.
    await builder.build(await builder.look(parts), reporter, signal);
  });
  reporter.say(`Ready: ${counted(parts.length)}, after ${duration((Date.now() - began) / 1000)}.`);
}

function demand(missing: ReturnType<typeof missingPrerequisites>): void {
  if (missing.length > 0) throw new PrerequisitesMissing(missing);
}

function announce({ ready, pending, seconds }: Plan, reporter: Reporter): void {
  reporter.say(
    `${counted(pending.length)} to build, ${ready.length} ready. Usually that takes ${duration(seconds)}; ` +
      "with the compilers' cache of an earlier build much less.",
  );
  for (const { part, lookup } of pending)
    if (lookup.state === 'damaged') reporter.say(`  ${part.name} is ${reasonOf(lookup)}; it is built again.`);
}

function counted(parts: number): string {
  return parts === 1 ? '1 part' : `${parts} parts`;
}

function dryRun({ pending }: Plan, reporter: Reporter): void {
  for (const { part, identity, lookup } of pending)
    reporter.say(
      `  ${part.name} ${identity.version}: ${reasonOf(lookup)}; usually ${duration(part.seconds)}`,
    );
}

function list({ ready, pending }: Plan, parts: readonly { name: string }[], reporter: Reporter): void {
  const found = new Map([...ready, ...pending].map(each => [each.part.name, each]));
  const rows = parts.flatMap(({ name }) => {
    const each = found.get(name);
    if (!each) return [];
    const { part, identity, lookup } = each;
    return [[name, part.kind, identity.version, reasonOf(lookup), duration(part.seconds), part.purpose]];
  });
  const widths = [0, 1, 2, 3, 4].map(column => Math.max(...rows.map(row => row[column]?.length ?? 0)));
  for (const row of rows)
    reporter.say(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

if (require.main === module) {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort());
  const reporter = terminalReporter(process.stderr, process.env);
  main(process.argv.slice(2), reporter, stop.signal).then(
    code => {
      process.exitCode = code;
    },
    (error: unknown) => {
      throw error;
    },
  );
}
