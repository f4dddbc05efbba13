/** Other people of a Space, each with an instance and keys of their own, as on machines of their own. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';

export class People {
  readonly base = realpathSync(mkdtempSync(join(tmpdir(), 'snapstage-people-')));
  readonly hub = join(this.base, 'hub');
  readonly #engines: EngineApi[] = [];

  constructor() {
    mkdirSync(this.hub);
  }

  /** Somebody with a new instance. */
  async person(name: string): Promise<Person> {
    const folder = join(this.base, name);
    mkdirSync(folder);
    const engine = openEngine({ folder, home: join(this.base, `home-${name}`) });
    this.#engines.push(engine);
    await engine.init();
    return new Person(folder, engine);
  }

  async gone(): Promise<void> {
    await Promise.all(this.#engines.map((engine) => engine.dispose()));
    rmSync(this.base, { recursive: true, force: true, maxRetries: 5 });
  }
}

export class Person {
  readonly folder: string;
  readonly engine: EngineApi;

  constructor(folder: string, engine: EngineApi) {
    this.folder = folder;
    this.engine = engine;
  }

  write(path: string, content: string): void {
    const file = join(this.folder, ...path.split('/'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** Hears what is new, and applies all of it. */
  async receiveAll(): Promise<void> {
    await this.engine.space({ sync: true });
    for (const { id, state } of (await this.engine.inbox()).toReversed()) if (state === 'new') await this.engine.receive({ delivery: id });
  }

  /** Hands out these paths, as they are now, to everybody. */
  async distribute(paths: readonly string[], request: Parameters<EngineApi['distribute']>[0] = {}): Promise<void> {
    const { objects } = await this.engine.stage();
    await this.engine.removeFromStage(objects.map(({ id }) => id));
    await this.engine.addToStage({ objects: paths.map((path) => ({ type: 'path', state: 'current', path })) });
    await this.engine.distribute(request);
  }
}
