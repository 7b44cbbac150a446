/** The constructs, for an app of one's own. `bin/lifeboat-cdk.ts` needs only `addLifeboat`. */
export { ActivationMachine, type ActivationMachineProps } from './activation-machine';
export { ClusterAccess, type ClusterAccessProps } from './cluster-access';
export { ConfigInvalid, ConfigMissing, loadConfig } from './config';
export { Detection, type DetectionProps } from './detection';
export { Failover, type FailoverProps } from './failover';
export { GlobalParts, type GlobalPartsProps } from './global-parts';
export { LedgerTable } from './ledger';
export { MainRecords, type MainRecordsProps } from './main-records';
export { OnCallTopic, type OnCallTopicProps } from './on-call-topic';
export { rbacManifests, toYaml } from './rbac';
export { SelfAlarms, type SelfAlarmsProps } from './self-alarms';
export { addLifeboat, GLOBAL_REGION, GlobalStack, SiteStack } from './stacks';
export { StepLambdas, type StepLambdasProps } from './step-lambdas';
export { SwitchBucket, type SwitchBucketProps } from './switch-bucket';
export { Triggers, type TriggersProps } from './triggers';
export type { StepFunctions } from './workflow/step-task';
