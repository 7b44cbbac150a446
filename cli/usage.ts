interface CommandUsage {
  line: string;
  what: string;
  details: string[];
}

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
  activate: {
    line: 'activate primary|dr [--app NAME]...',
    what: 'Starts the run that makes a site the active one.',
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
  pause: {
    line: 'pause [--reason TEXT]',
    what: 'Lets no run begin in either Region until "resume".',
    details: ['--reason TEXT     stands in the refusals'],
  },
  resume: { line: 'resume', what: 'Lets runs begin again.', details: [] },
  switch: {
    line: 'switch --from cname --to standby-switch [--app NAME]... [--yes]',
    what: 'Replaces the CNAME of main by two failover records. Shows what it would change.',
    details: [
      '--app NAME        only this app; may be given several times (default: all with records: by-hand)',
      '--yes             does it: one batch, in which main is never missing',
    ],
  },
  status: { line: 'status [RUN]', what: 'Shows the last runs, or one of them phase by phase.', details: [] },
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
