import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import cdk from '../../cdk.json';
import type { Config, SiteName } from '../../core/config';
import { addLifeboat } from '../../lib/stacks';

export interface Statement {
  Sid?: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

/** The templates of a configuration. */
export function synthesized(config: Config): Record<SiteName | 'global', Template> {
  const outdir = mkdtempSync(join(tmpdir(), 'lifeboat-test-'));
  try {
    const { global, primary, dr } = addLifeboat(
      new App({ outdir, context: cdk.context, analyticsReporting: false }),
      config,
    );
    return {
      global: Template.fromStack(global),
      primary: Template.fromStack(primary),
      dr: Template.fromStack(dr),
    };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The statements of the policies whose logical id contains this. */
export function statementsOf(template: Template, idPart: string): Statement[] {
  const policies = template.findResources('AWS::IAM::Policy');
  const found = Object.entries(policies).filter(([id]) => id.includes(idPart));
  if (found.length === 0) throw new Error(`No policy is called like ${idPart}.`);
  return found.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement as Statement[]);
}

/** Every action that these statements allow, sorted. */
export function actionsOf(statements: readonly Statement[]): string[] {
  return [...new Set(statements.flatMap(({ Action }) => Action))].sort();
}

/** A resource as one text, with references by name. */
export function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value).replace(/[[\]{}"]/g, '');
}
