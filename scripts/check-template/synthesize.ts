import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type IPolicyValidationContext, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import cdk from '../../cdk.json';
import type { Config } from '../../core/config';
import { loadConfig } from '../../lib/config';
import { addLifeboat } from '../../lib/stacks';
import type { Template } from './template';

export interface Synthesized {
  config: Config;
  stacks: { name: string; template: Template }[];
  /** What cdk-nag found and lib/ has not accepted with a reason, as the CDK writes it. */
  report: ValidationReport;
}

export interface ValidationReport {
  pluginReports: {
    pluginName: string;
    violations: {
      ruleName: string;
      description: string;
      violatingConstructs: { constructPath?: string }[];
    }[];
  }[];
}

const TEMPLATE = '.template.json';

/** Synthesizes the app of a configuration as `cdk synth` does, with cdk-nag over all stacks. */
export function synthesize(file: string): Synthesized {
  // The CDK's own validation runs in `npx cdk synth`; it costs 10 s and 300 MB each time.
  process.env.CDK_VALIDATION = 'false';
  const outdir = mkdtempSync(join(tmpdir(), 'lifeboat-check-'));
  try {
    const app = new App({ outdir, context: cdk.context, analyticsReporting: false });
    const config = loadConfig(file);
    addLifeboat(app, config);
    const nag = new Nag(app);
    Validations.of(app).addPlugins(nag);
    synth(app);
    if (!nag.ran) throw new Error('The synth did not run cdk-nag.');
    return {
      config,
      stacks: templates(outdir),
      report: read<ValidationReport>(join(outdir, 'validation-report.json')),
    };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** cdk-nag leaves no trace of a run that found nothing; silence must not be taken for one. */
class Nag extends AwsSolutionsChecks {
  ran = false;

  override validate(context: IPolicyValidationContext): ReturnType<AwsSolutionsChecks['validate']> {
    this.ran = true;
    return super.validate(context);
  }
}

/** A synth with findings writes everything, and then throws. */
function synth(app: App): void {
  try {
    app.synth();
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('Validation failed'))) throw error;
  }
}

function templates(outdir: string): Synthesized['stacks'] {
  return readdirSync(outdir)
    .filter(name => name.endsWith(TEMPLATE))
    .map(name => ({ name: name.slice(0, -TEMPLATE.length), template: read<Template>(join(outdir, name)) }));
}

function read<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
