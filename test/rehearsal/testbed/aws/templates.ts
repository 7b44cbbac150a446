/** Pieces of CloudFormation templates. */

export function role(service: string, statements: object[] = []): object {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
      },
      ...(statements.length > 0
        ? {
            Policies: [
              { PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement: statements } },
            ],
          }
        : {}),
    },
  };
}

export function allow(action: string, resource: unknown): object {
  return { Effect: 'Allow', Action: action, Resource: resource };
}

export const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

export function lambdaFunction(roleId: string, code: string, timeout = 3): object {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: code },
      Role: arnOf(roleId),
      Timeout: timeout,
    },
  };
}

export function stateMachine(roleId: string, definition: object): object {
  return {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      RoleArn: arnOf(roleId),
      DefinitionString: { 'Fn::Sub': JSON.stringify({ QueryLanguage: 'JSONata', ...definition }) },
    },
  };
}

/** `lambda:invoke` of a function of the same template. */
export function invoke(id: string, more: object): object {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: `\${${id}.Arn}`, Payload: '{% $states.input %}' },
    Output: '{% $states.result.Payload %}',
    ...more,
  };
}

/** An alarm on a health check. */
export function healthAlarm(AlarmName: string): object {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName,
      Namespace: 'AWS/Route53',
      MetricName: 'HealthCheckStatus',
      Statistic: 'Minimum',
      Period: 60,
      Threshold: 1,
      EvaluationPeriods: 1,
      ComparisonOperator: 'LessThanThreshold',
    },
  };
}
