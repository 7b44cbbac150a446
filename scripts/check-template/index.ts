/**
 * Checks what `cdk deploy` would deploy, for both example configurations: cdk-nag, the workflow's language and
 * quotas, wildcards in policies, the size of the Lambdas.
 * Run: node -r tsx/cjs scripts/check-template/index.ts
 */
import { bundleSizes, MAX_BUNDLE_BYTES } from '../../lib/bundles';
import { checkBundles } from './bundles';
import { checkNag } from './nag';
import { checkQuotas } from './quotas';
import { type Synthesized, synthesize } from './synthesize';
import { checkWildcards } from './wildcards';
import { checkWorkflows } from './workflow';

const EXAMPLES = ['examples/levlabs/lifeboat.yaml', 'examples/five-apps/lifeboat.yaml'];

/** One check: what it looked at in a line, and what it found. */
export interface Result {
  line: string;
  findings: string[];
}

function checksOf(synthesized: Synthesized): Result[] {
  return [
    checkNag(synthesized),
    checkWorkflows(synthesized),
    checkQuotas(synthesized),
    checkWildcards(synthesized),
  ];
}

function main(): void {
  let findings = 0;
  const show = ({ line, findings: found }: Result) => {
    console.log(`${found.length === 0 ? 'ok  ' : 'FAIL'} ${line}`);
    for (const finding of found) console.log(`     ${finding}`);
    findings += found.length;
  };
  for (const file of EXAMPLES) {
    const synthesized = synthesize(file);
    console.log(`${file}: ${synthesized.stacks.map(({ name }) => name).join(', ')}`);
    for (const result of checksOf(synthesized)) show(result);
  }
  show(checkBundles(bundleSizes, MAX_BUNDLE_BYTES));
  console.log(findings === 0 ? 'Nothing found.' : `${findings} findings.`);
  if (findings > 0) process.exitCode = 1;
}

main();
