interface CommandUsage {
  line: string;
  what: string;
  details: string[];
}

const STARTS = [
  '--app NAME             only this app; may be given several times (default: all)',
  '--reason TEXT          stands in the messages',
  '--accept-old-backup    restores a backup that is older than the RPO allows',
  '--yes                  does not ask for the name that confirms; needed without a terminal',
  '--no-follow            returns when the run has started',
  'Exit 0: succeeded. 1: refused, rolled back, needs attention, or you left with Ctrl-C.',
];

const COMMANDS: Record<string, CommandUsage> = {
  rehearse: {
    line: 'rehearse [--scenario NAME|all] [--primary DIR --dr DIR]',
    what: 'Plays a night of failover on this machine, in virtual time.',
    details: [
      '--scenario NAME   which night; "all" for every one (default: region-lost)',
      '--list            names the scenarios and tells their stories',
      '--primary DIR     manifests of the primary (default: the folder "primary" beside the configuration)',
      '--dr DIR          manifests of dr (default: the folder "dr" beside the configuration)',
      '--verbose         shows every question to every step',
      '--testbed         plays it in real time on real parts: needs Linux, root and "npm run testbed:build"',
      "--delay-factor N  with --testbed: shortens AWS's own delays, 0.05 to 1 (default: 0.2)",
      '--keep            with --testbed: the bed stays until Ctrl-C, and says how to look around',
    ],
  },
  testbed: {
    line: 'testbed up|down|status',
    what: 'Two Regions of real parts on this machine, to look around in.',
    details: [
      'up                makes the bed, opens the shop, and stays until Ctrl-C',
      'down              ends the bed that somebody holds, and takes away what a killed one left',
      'status            says who holds the bed',
    ],
  },
  validate: {
    line: 'validate',
    what: 'Checks the configuration and says everything that is wrong.',
    details: [],
  },
  rbac: {
    line: 'rbac --site primary|dr',
    what: 'Prints what the cluster of a site must allow Lifeboat, for kubectl apply -f -.',
    details: ['--site SITE       whose cluster it is for'],
  },
  status: {
    line: 'status [--watch]',
    what: 'Shows what main answers now, verdicts, the last run, backups, debts and pauses.',
    details: [
      '--watch           looks again every 5 s until Ctrl-C; in a pipe it prints what changes',
      'Exit 1: a Region did not answer. The other one is shown.',
    ],
  },
  failover: {
    line: 'failover [--app NAME]...',
    what: 'Makes dr the active site. Shows what would happen, asks, and follows the run.',
    details: STARTS,
  },
  failback: {
    line: 'failback [--app NAME]...',
    what: 'Makes the primary the active site again, in the same way.',
    details: STARTS,
  },
  switchover: {
    line: 'switchover [primary|dr] [--app NAME]...',
    what: 'Moves main while both sites are well: nothing that was written is lost.',
    details: ['primary|dr             where to (default: where main does not point to)', ...STARTS],
  },
  drill: {
    line: 'drill [primary|dr] [--app NAME]...',
    what: 'Tries a failover in scratch namespaces; main does not move.',
    details: ['primary|dr             where (default: where main does not point to)', ...STARTS],
  },
  activate: {
    line: 'activate primary|dr [--app NAME]...',
    what: 'The older spelling of failover and failback: asks nothing, follows nothing.',
    details: [
      '--app NAME             only this app; may be given several times (default: all)',
      '--reason TEXT          stands in the messages',
      '--accept-old-backup    restores a backup that is older than the RPO allows',
    ],
  },
  approve: {
    line: 'approve RUN [--by NAME]',
    what: 'Answers yes to a run that asks.',
    details: ['--by NAME         who answers (default: you)'],
  },
  deny: {
    line: 'deny RUN [--by NAME]',
    what: 'Answers no to a run that asks.',
    details: ['--by NAME         who answers (default: you)'],
  },
  abort: {
    line: 'abort RUN [--reason TEXT]',
    what: 'Stops a run, as long as it has not begun to move main. What it did stays.',
    details: [
      '--reason TEXT     stands in the message to on-call',
      '--yes             does not ask for the name that confirms',
    ],
  },
  pause: {
    line: 'pause --reason TEXT [--for 2h | --until TIME]',
    what: 'Lets no run begin in either Region until then, or until "resume".',
    details: [
      '--reason TEXT     stands in the refusals',
      '--for DURATION    ends by itself after that: 45m, 2h, 1h30m',
      '--until TIME      ends by itself then: 2026-03-29T06:00Z',
      'Exit 1: a Region could not be told; it is named.',
    ],
  },
  resume: { line: 'resume', what: 'Lets runs begin again, in both Regions.', details: [] },
  runs: {
    line: 'runs [--limit N]',
    what: 'Lists the runs of both Regions, the newest first.',
    details: ['--limit N         how many (default: 10)'],
  },
  run: {
    line: 'run RUN [--follow]',
    what: 'Shows one run phase by phase, how it ended, and what to type next.',
    details: [
      '--follow          stays until it ends, a line for each change; Ctrl-C leaves it running',
      'With --follow, exit 0: succeeded. 1: anything else.',
    ],
  },
  switch: {
    line: 'switch --from cname --to standby-switch [--app NAME]... [--yes]',
    what: 'Replaces the CNAME of main by two failover records. Shows what it would change.',
    details: [
      '--app NAME        only this app; may be given several times (default: all with records: by-hand)',
      '--yes             does it: one batch, in which main is never missing',
    ],
  },
};

const COMMON = [
  '--config FILE     the configuration (default: lifeboat.yaml here, else the example)',
  '--format json     one JSON object on stdout, and nothing else there',
];

export const USAGE = [
  'npx lifeboat COMMAND',
  '',
  ...Object.values(COMMANDS).map(({ line, what }) => `  ${line}\n      ${what}`),
  '',
  'Each command takes:',
  ...COMMON.map(line => `  ${line}`),
  '',
  'Exit 0: done. 1: the answer is no. 2: bad usage or configuration.',
].join('\n');

export function usageOf(name: string): string {
  const command = COMMANDS[name];
  if (!command) return USAGE;
  const { line, what, details } = command;
  return [`npx lifeboat ${line}`, what, '', ...[...details, ...COMMON].map(detail => `  ${detail}`)].join(
    '\n',
  );
}
