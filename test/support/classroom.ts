/** A Space, with a Master and members as on machines of their own. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { EngineApi } from '../../src/engine/api.ts';
import type { DistributeRequest, DistributionInfo, ReceiveReport } from '../../src/engine/deliveryApi.ts';
import { openEngine } from '../../src/engine/engine.ts';
import type { InviteRequest } from '../../src/engine/spaceApi.ts';
import { readFiles, type Workbench, writeFiles } from './folders.ts';
import type { HubFiles } from './hubFiles.ts';
import { hubFilesAt, newHubPlace, takeAway } from './hubKinds.ts';

type Files = Readonly<Record<string, string | Buffer>>;

/** Somebody with an instance. */
export class Person {
  readonly folder: string;
  readonly home: string;
  engine: EngineApi;

  constructor(folder: string, home: string) {
    this.folder = folder;
    this.home = home;
    this.engine = openEngine({ folder, home });
  }

  write(files: Files): void {
    writeFiles(this.folder, files);
  }

  remove(at: string): void {
    fs.rmSync(path.join(this.folder, at), { recursive: true });
  }

  /** Content by path; folders end with `/`. */
  get files(): Record<string, string> {
    return readFiles(this.folder);
  }

  /** As when the program starts anew. */
  async restart(): Promise<void> {
    await this.engine.dispose();
    this.engine = openEngine({ folder: this.folder, home: this.home });
  }

  /** Stages paths of the current state alone, and hands them out. */
  async handOut(paths: readonly string[], request: DistributeRequest = {}): Promise<DistributionInfo> {
    const { objects } = await this.engine.stage();
    await this.engine.removeFromStage(objects.map(({ id }) => id));
    await this.engine.addToStage({ objects: paths.map((at) => ({ type: 'path', state: 'current', path: at })) });
    return this.engine.distribute(request);
  }

  /** Hears what is new, and applies all of it. */
  async receiveAll(): Promise<ReceiveReport[]> {
    await this.engine.space({ sync: true });
    const reports: ReceiveReport[] = [];
    for (const { id, state } of (await this.engine.inbox()).toReversed()) {
      if (state === 'new' || state === 'waiting') reports.push(await this.engine.receive({ delivery: id, confirmed: true }));
    }
    return reports;
  }
}

export class Classroom {
  readonly hub: string;
  readonly hubFiles: HubFiles;
  readonly master: Person;
  private readonly bench: Workbench;
  private readonly people: Person[] = [];

  private constructor(bench: Workbench, hub: string) {
    this.bench = bench;
    this.hub = hub;
    this.hubFiles = hubFilesAt(bench, hub);
    this.master = this.person();
  }

  static async open(bench: Workbench, files: Files = {}): Promise<Classroom> {
    const room = new Classroom(bench, await newHubPlace(bench));
    room.master.write(files);
    await room.master.engine.init();
    await room.master.engine.createSpace({ name: 'Econometrics', hub: room.hub });
    return room;
  }

  /** An instance of no Space. */
  static async solo(bench: Workbench, files: Files = {}): Promise<Classroom> {
    const room = new Classroom(bench, await newHubPlace(bench));
    room.master.write(files);
    await room.master.engine.init();
    return room;
  }

  /** Somebody who has joined and was let in. */
  async join(name: string, files: Files = {}, request: Partial<InviteRequest> = {}): Promise<Person> {
    const person = this.person();
    person.write(files);
    await person.engine.init();
    const { code } = await this.master.engine.invite({ name, ...request });
    await person.engine.joinSpace({ code });
    await this.master.engine.space({ sync: true });
    await person.engine.space({ sync: true });
    return person;
  }

  /** The hub is not there while something is done. */
  async whileAway<T>(run: () => Promise<T>): Promise<T> {
    const bringBack = await takeAway(this.hub);
    try {
      return await run();
    } finally {
      await bringBack();
    }
  }

  /** Ends all engines; the folders go with the workbench. */
  async close(): Promise<void> {
    await Promise.all(this.people.map(({ engine }) => engine.dispose()));
  }

  /** Somebody whose engine ends with the classroom. */
  add(person: Person): Person {
    this.people.push(person);
    return person;
  }

  private person(): Person {
    return this.add(new Person(this.bench.folder(), this.bench.folder()));
  }
}
