/** What lies in a hub, wherever that is, for tests that look at it, and that do to it what anybody can who may write there. */
import type { Hub } from '../../src/space/hub/hub.ts';

const LIMIT = 1 << 30;

export class HubFiles {
  /** The hub anew, so that nothing is remembered that others have changed. */
  private readonly open: () => Hub;

  constructor(open: () => Hub) {
    this.open = open;
  }

  /** Names of all files below some folders, or of the whole hub. */
  async names(...folders: readonly string[]): Promise<string[]> {
    return (await this.listed(folders)).map(({ name }) => name).sort();
  }

  /** Bytes of all files below some folders, or of the whole hub. */
  async bytes(...folders: readonly string[]): Promise<number> {
    return (await this.listed(folders)).reduce((sum, { size }) => sum + size, 0);
  }

  async has(name: string): Promise<boolean> {
    return (await this.open().read(name, LIMIT)) !== undefined;
  }

  /** @throws Error when there is none. */
  async read(name: string): Promise<Buffer> {
    const found = await this.open().read(name, LIMIT);
    if (found === undefined) throw new Error(`there is no ${name} in the hub`);
    return found;
  }

  /** Contents by name, of all files below some folders, or of the whole hub. */
  async contents(...folders: readonly string[]): Promise<Map<string, Buffer>> {
    const hub = this.open();
    const found = new Map<string, Buffer>();
    for (const { name } of await this.listed(folders)) found.set(name, (await hub.read(name, LIMIT))!);
    return found;
  }

  /** Makes a file, in the place of what is there. */
  async put(name: string, bytes: Uint8Array): Promise<void> {
    const hub = this.open();
    await hub.remove(name);
    if (!(await hub.create(name, bytes))) throw new Error(`${name} is there again`);
  }

  async putAll(contents: Iterable<readonly [string, Uint8Array]>): Promise<void> {
    for (const [name, bytes] of contents) await this.put(name, bytes);
  }

  async remove(...names: readonly string[]): Promise<void> {
    await this.open().remove(...names);
  }

  /** Takes files out; resolves to what was in them. */
  async take(...names: readonly string[]): Promise<Map<string, Buffer>> {
    const taken = new Map<string, Buffer>();
    for (const name of names) taken.set(name, await this.read(name));
    await this.remove(...names);
    return taken;
  }

  private async listed(folders: readonly string[]): Promise<{ readonly name: string; readonly size: number }[]> {
    const hub = this.open();
    const below = async (folder: string): Promise<{ readonly name: string; readonly size: number }[]> => {
      const { files, folders: inside } = await hub.list(folder);
      const named = (name: string): string => (folder === '' ? name : `${folder}/${name}`);
      const found = files.map(({ name, size }) => ({ name: named(name), size }));
      for (const name of inside) found.push(...(await below(named(name))));
      return found;
    };
    const found = [];
    for (const folder of folders.length === 0 ? [''] : folders) found.push(...(await below(folder)));
    return found;
  }
}
