import type { Identity } from '../kubernetes/authorization';
import type { Statement } from './iam';
import type { DeployedStack } from './template';

/** The permissions of the roles, as the stacks deploy them. */
export class Policies {
  private readonly statements = new Map<string, Statement[]>();

  constructor(stacks: readonly DeployedStack[]) {
    for (const stack of stacks) {
      for (const [, properties] of stack.ofType('AWS::IAM::Policy')) {
        const { PolicyDocument, Roles } = properties as {
          PolicyDocument: { Statement: Statement[] };
          Roles: string[];
        };
        for (const role of Roles) this.statements.set(role, [...this.of(role), ...PolicyDocument.Statement]);
      }
    }
  }

  /** Every statement of a role, by its name. */
  of(roleName: string): readonly Statement[] {
    return this.statements.get(roleName) ?? [];
  }

  /** Who a role is in the cluster of a stack, by the access entries of that stack; undefined for a stranger. */
  identityIn(stack: DeployedStack, roleArn: string | undefined): Identity | undefined {
    for (const [, properties] of stack.ofType('AWS::EKS::AccessEntry')) {
      const { PrincipalArn, KubernetesGroups } = properties as {
        PrincipalArn: string;
        KubernetesGroups?: string[];
      };
      if (PrincipalArn === roleArn)
        return { user: PrincipalArn, groups: [...(KubernetesGroups ?? []), 'system:authenticated'] };
    }
    return undefined;
  }
}
