import type { Memento } from 'vscode';

/** What an extension keeps for later, in memory. */
export class FakeMemento implements Memento {
  readonly #values = new Map<string, unknown>();

  keys(): readonly string[] {
    return [...this.#values.keys()];
  }

  get<T>(key: string, absent?: T): T {
    return (this.#values.has(key) ? this.#values.get(key) : absent) as T;
  }

  async update(key: string, value: unknown): Promise<void> {
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, value);
  }
}
