/** What is chosen for an instance. */
import { SnapstageError } from '../base/errors.ts';
import { policyProblem, type RetentionPolicy } from '../instance/retention.ts';
import { changeConfig, readConfig, type StoreConfig } from '../store/config.ts';
import type { Store } from '../store/store.ts';
import type * as api from './api.ts';

/** What is chosen for the instance; rules that make no sense count as none. */
export function chosen(store: Store): api.InstanceConfig {
  return withRetention(readConfig(store.files));
}

/** Changes what is given, where `null` goes back to the default. @throws SnapstageError `usage`. */
export function choose(store: Store, change: Parameters<api.EngineApi['config']>[0]): api.InstanceConfig {
  const { retention } = change;
  if (retention !== undefined && retention !== null) checkPolicy(retention);
  const entries = Object.entries(change).map(([key, value]) => [key, value ?? undefined]);
  return withRetention(changeConfig(store.files, Object.fromEntries(entries) as Parameters<typeof changeConfig>[1]));
}

function withRetention({ retention, ...others }: StoreConfig): api.InstanceConfig {
  const isGood = retention !== undefined && policyProblem(retention) === undefined;
  return { ...others, ...(isGood ? { retention } : {}) };
}

/** @throws SnapstageError `usage` for rules that make no sense. */
export function checkPolicy(policy: RetentionPolicy): void {
  const problem = policyProblem(policy);
  if (problem !== undefined) throw new SnapstageError('usage', `That is no rule for which snapshots to keep: ${problem}.`, { policy });
}
