import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { APP_PHASES, STEPS } from '../core/phases';
import type { Outcome } from '../core/run';
import { parseDuration } from '../lib/config';

const site = z.enum(['primary', 'dr']);
const duration = z.string().transform((text, context) => {
  const seconds = parseDuration(text);
  if (seconds === undefined) context.addIssue(`"${text}" is not a duration`);
  return seconds ?? 0;
});

/** Everything that can happen in a night. `app` is left out for the first app that is called at a main name. */
const action = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('lose-region'), site }),
  z.strictObject({ do: z.literal('restore-region'), site }),
  z.strictObject({ do: z.literal('lose-cluster'), site }),
  z.strictObject({ do: z.literal('lose-control-planes') }),
  /** Everything in us-east-1, whoever's site it is, takes connections and answers nothing. */
  z.strictObject({ do: z.literal('lose-us-east-1') }),
  /** One of the name servers of each zone knows everything so much later. */
  z.strictObject({ do: z.literal('lag-name-server'), by: duration }),
  /** Writes to the switch's bucket in the site's Region: `denied` by a policy, or without any answer. */
  z.strictObject({ do: z.literal('lock-switch-bucket'), site, how: z.enum(['denied', 'silent']) }),
  z.strictObject({ do: z.literal('break-app'), site }),
  z.strictObject({ do: z.literal('repair-app'), site }),
  z.strictObject({ do: z.literal('api-down'), site }),
  /** Nothing that leaves the site's Region arrives any more: what looks from there is blind. */
  z.strictObject({ do: z.literal('cut-egress'), site }),
  z.strictObject({ do: z.literal('restore-egress'), site }),
  /** The alarm of the app's health check on the site, at this very moment. */
  z.strictObject({ do: z.literal('alarm'), site }),
  z.strictObject({ do: z.literal('nodes-not-ready'), site }),
  z.strictObject({ do: z.literal('stop-backups'), site }),
  z.strictObject({ do: z.literal('lose-backups') }),
  z.strictObject({ do: z.literal('damage-backups'), site }),
  z.strictObject({ do: z.literal('restore-stuck'), site }),
  /** When the site's Velero next moves the bytes of a volume back: whoever sees to it, or whoever moves them, is killed. */
  z.strictObject({ do: z.literal('kill-node-agent'), site }),
  z.strictObject({ do: z.literal('kill-data-mover'), site }),
  /** No node has a node-agent any more: Velero makes backups without the data of volumes. */
  z.strictObject({ do: z.literal('lose-node-agents'), site }),
  z.strictObject({ do: z.literal('pods-never-ready'), site }),
  z.strictObject({ do: z.literal('wrong-certificate'), site }),
  z.strictObject({ do: z.literal('change-record'), to: z.string() }),
  z.strictObject({ do: z.literal('pause'), site }),
  /**
   * When the step next makes that call: it is carried out, and the step's process killed before it hears so. `main`
   * stands for what moves main, by whichever switch.
   */
  z.strictObject({ do: z.literal('kill-step'), site, step: z.enum(STEPS), writing: z.string() }),
  z.strictObject({ do: z.literal('start'), site, input: z.unknown() }),
  z.strictObject({ do: z.literal('abort'), site }),
  z.strictObject({ do: z.literal('approve'), site, by: z.string() }),
  z.strictObject({ do: z.literal('deny'), site, by: z.string() }),
]);

/** When an action happens: at a time of the night, or as soon as a run enters a state. */
const moment = z.union([
  z.strictObject({ at: duration }),
  z.strictObject({ entering: z.string(), after: duration.optional() }),
]);

/** Written in one line: `{ at: 25m, do: lose-region, site: primary }`. */
const happening = z
  .record(z.string(), z.unknown())
  .transform(({ at, entering, after, ...rest }) => ({
    when: Object.fromEntries(
      Object.entries({ at, entering, after }).filter(([, value]) => value !== undefined),
    ),
    action: rest,
  }))
  .pipe(z.strictObject({ when: moment, action }));

const outcome: z.ZodType<Outcome | 'none'> = z.enum([
  'succeeded',
  'refused',
  'rolled-back',
  'needs-attention',
  'none',
]);

const schema = z.strictObject({
  story: z.string(),
  /** Of which apps of a configuration the expectations speak. */
  about: z.enum(['every app', 'one app', 'data']).default('every app'),
  given: z
    .strictObject({
      active: site.default('primary'),
      trigger: z.enum(['automatic', 'approval', 'manual']).optional(),
      needs: z.array(z.enum(['data', 'cold standby', 'one app'])).default([]),
      /** The night is about this switch: it is played under it, whatever the configuration has. */
      switch: z.enum(['standby-switch', 'cname']).optional(),
    })
    .prefault({}),
  night: z.array(happening),
  /** How long the night is watched after its last timed action when no run is under way. */
  watch: duration.prefault('5m'),
  expect: z.strictObject({
    /** Of the last run that started; `none`: no run started. */
    outcome,
    /** The site that the app runs at and that main points to in the end; `elsewhere` when somebody changed it. */
    main: z.enum(['primary', 'dr', 'elsewhere']),
    /** Texts that the reasons, the console's cause or a message must contain. */
    says: z.array(z.string()).default([]),
    /** The `event` attributes of on-call's messages, in order. */
    told: z.array(z.string()),
    /** Restores that were created, per app with data. */
    restores: z.number().int().default(0),
    runs: z.number().int().default(1),
    /** How long phases of the apps that are meant took. */
    took: z
      .partialRecord(
        z.enum(APP_PHASES),
        z.strictObject({ atLeast: duration.prefault('0s'), atMost: duration }),
      )
      .default({}),
  }),
});

export type Action = z.output<typeof action>;
export type Scenario = z.output<typeof schema> & { name: string };

/** A scenario file is wrong. */
export class ScenarioInvalid extends Error {
  override name = 'ScenarioInvalid';
}

/** A rehearsal cannot play the scenario: on its stage, or with that configuration. */
export class CannotAct extends Error {
  override name = 'CannotAct';
}

const FOLDER = join(__dirname, 'scenarios');

export function scenarioNames(): string[] {
  return readdirSync(FOLDER)
    .filter(file => file.endsWith('.yaml'))
    .map(file => file.slice(0, -'.yaml'.length))
    .sort();
}

/** @throws ScenarioInvalid when there is none of that name, or the file is wrong */
export function loadScenario(name: string): Scenario {
  if (!scenarioNames().includes(name)) {
    throw new ScenarioInvalid(`There is no scenario "${name}". There are: ${scenarioNames().join(', ')}.`);
  }
  const result = schema.safeParse(parse(readFileSync(join(FOLDER, `${name}.yaml`), 'utf8')));
  if (!result.success) throw new ScenarioInvalid(`${name}.yaml: ${z.prettifyError(result.error)}`);
  return { ...result.data, name };
}
