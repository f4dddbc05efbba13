/** The bell: one tiny file in the hub that says which logs grew last. It is a hint that anybody may overwrite; nothing depends on it. */
import { SnapstageError } from '../../base/errors.ts';
import type { Hub } from '../hub/hub.ts';

const NAME = 'bell';
const LINE = /^(?<log>[0-9a-f]{32}) \d{1,10}$/;
const MAX_LINES = 64;
const MAX_BYTES = MAX_LINES * 44;

/** Tells the others that a log has this many records now. Of two who ring at once one may not be heard. */
export async function ring(hub: Hub, log: string, sequence: number): Promise<void> {
  const others = (await lines(hub)).filter((line) => !line.startsWith(log));
  try {
    await hub.hint(NAME, Buffer.from([...others, `${log} ${sequence}`].slice(-MAX_LINES).join('\n')));
  } catch (error) {
    if (!(error instanceof SnapstageError)) throw error;
  }
}

/** Listens to a Space's bell: a poll is one request as long as nothing happened. */
export class Bell {
  private readonly hub: Hub;
  private heard: ReadonlySet<string> = new Set();

  constructor(hub: Hub) {
    this.hub = hub;
  }

  /** The logs that are said to have grown since the last call; `all` when that can't be told. @throws SnapstageError when the hub is not there. */
  async listen(): Promise<readonly string[] | 'all'> {
    const now = await lines(this.hub);
    const before = this.heard;
    this.heard = new Set(now);
    const fresh = now.filter((line) => !before.has(line));
    if (fresh.length === now.length && fresh.length + before.size > 0) return 'all'; // nothing of what was heard before is left
    return fresh.map((line) => line.slice(0, 32));
  }
}

async function lines(hub: Hub): Promise<string[]> {
  try {
    const text = (await hub.read(NAME, MAX_BYTES))?.toString('latin1') ?? '';
    return text.split('\n').filter((line) => LINE.test(line));
  } catch (error) {
    if (error instanceof SnapstageError && error.code === 'damaged') return [];
    throw error;
  }
}
