/** Every rule that spans several fields. */
import type { DraftConfig, Finding, Rule } from '../draft';
import { appNames, dependencyNames, dnsNames, mainAndHostsTogether, namesInZone } from './names';
import { afterHasNoCycle, afterNames, afterOnce } from './order';
import {
  notifyOnce,
  oneDataSource,
  oneKeyPerNotification,
  regionsDiffer,
  statusThatRoute53Takes,
  zoneOfThisAccount,
} from './settings';
import {
  cronJobs,
  namespacesNotShared,
  namespacesOfTheApp,
  workloadNamespaces,
  workloadsOnce,
} from './workloads';

const RULES: readonly Rule[] = [
  regionsDiffer,
  zoneOfThisAccount,
  statusThatRoute53Takes,
  oneKeyPerNotification,
  notifyOnce,
  dependencyNames,
  appNames,
  dnsNames,
  namesInZone,
  mainAndHostsTogether,
  namespacesNotShared,
  namespacesOfTheApp,
  workloadNamespaces,
  workloadsOnce,
  cronJobs,
  oneDataSource,
  afterNames,
  afterOnce,
  afterHasNoCycle,
];

export function checkRules(config: DraftConfig): Finding[] {
  return RULES.flatMap(rule => rule(config));
}
