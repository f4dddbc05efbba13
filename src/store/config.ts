import { SnapstageError } from '../base/errors.ts';
import type { StoreFiles } from './files.ts';

/** What the owner of a store has chosen for it. */
export interface StoreConfig {
  /** zstd's level, 1 to 19: higher is smaller and slower. */
  readonly compression: number;
  /** Rules for which automatic snapshots stay, as whoever thins them reads them; absent: all do. */
  readonly retention?: Readonly<Record<string, unknown>>;
  /** Whether what others hand out is applied at once, where it can be; absent: it is. */
  readonly receive?: 'automatically' | 'ask';
  /** Bytes that the store is meant to stay below; absent: no matter how many. */
  readonly budget?: number;
  /** The most bytes per second that go to and come from a hub in git or a bucket; absent: as many as can. */
  readonly bandwidth?: number;
}

/** With less, a server would take a transfer for one that has ended. */
const LEAST_BANDWIDTH = 32_000;

const DEFAULT_CONFIG: StoreConfig = { compression: 3 };

/** JSON that people may write too. What is missing in it, or makes no sense, is as by default; what a newer version added stays. */
const FILE = 'config';

export function readConfig(files: StoreFiles): StoreConfig {
  const { compression, retention, receive, budget, bandwidth } = readFields(files);
  return {
    compression: isLevel(compression) ? compression : DEFAULT_CONFIG.compression,
    ...(isFields(retention) ? { retention } : {}),
    ...(isReceive(receive) ? { receive } : {}),
    ...(isBudget(budget) ? { budget } : {}),
    ...(isBandwidth(bandwidth) ? { bandwidth } : {}),
  };
}

/** Writes what is given; `undefined` takes a choice back. Returns what holds now. @throws SnapstageError `usage`. */
export function changeConfig(files: StoreFiles, change: { readonly [K in keyof StoreConfig]?: StoreConfig[K] | undefined }): StoreConfig {
  const { compression, receive, budget, bandwidth } = change;
  if (compression !== undefined && !isLevel(compression))
    throw new SnapstageError('usage', 'The compression must be a whole number from 1 to 19.', { compression });
  if (receive !== undefined && !isReceive(receive))
    throw new SnapstageError('usage', 'What is received is applied “automatically”, or after “ask”.', { receive });
  if (budget !== undefined && !isBudget(budget))
    throw new SnapstageError('usage', 'The budget must be a size above 0, such as 20GB.', { budget });
  if (bandwidth !== undefined && !isBandwidth(bandwidth))
    throw new SnapstageError('usage', 'The bandwidth must be a size per second of at least 32KB, such as 500KB.', { bandwidth });
  files.write(FILE, Buffer.from(`${JSON.stringify({ ...readFields(files), ...change }, null, 2)}\n`), true);
  return readConfig(files);
}

function readFields(files: StoreFiles): Readonly<Record<string, unknown>> {
  try {
    const fields: unknown = JSON.parse(files.read(FILE)?.toString('utf8') ?? '{}');
    return isFields(fields) ? { ...fields } : {};
  } catch {
    return {};
  }
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isReceive(value: unknown): value is 'automatically' | 'ask' {
  return value === 'automatically' || value === 'ask';
}

function isBudget(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function isBandwidth(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= LEAST_BANDWIDTH;
}

function isLevel(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 19;
}
