import type { Result } from './index';
import type { Synthesized } from './synthesize';

/** cdk-nag: what it finds and lib/ has not accepted with a reason. */
export function checkNag({ stacks, report }: Synthesized): Result {
  const findings = report.pluginReports
    .flatMap(({ violations }) => violations)
    .flatMap(({ ruleName, description, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${constructPath}: ${ruleName}: ${description}`),
    );
  return {
    line: `cdk-nag AwsSolutions over ${stacks.length} stacks`,
    findings: [...new Set(findings)],
  };
}
