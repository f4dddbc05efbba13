import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareManifests, readManifest, type Difference } from '../compare.ts';
import { copyTree, measureTree } from '../trees.ts';
import { measureCall, type Call } from './call.ts';
import { changeMaterial, exercisePaths, makeMaterial, materialFolder, writeExercises } from './content.ts';
import { hear, receiveAll, stageOnly, withEngine, type Course, type Person } from './course.ts';

/** How large all of it is. */
export interface Sizes {
  readonly members: number;
  /** Of what is handed out to all. */
  readonly bytes: number;
  /** Members who receive that: the disk has no room for all of them. */
  readonly receivers: number;
  /** Small files of which each is an object by itself. */
  readonly objects: number;
  /** Members who have the same conflict. */
  readonly conflicted: number;
}

/** Something that was timed. */
export interface Step {
  readonly step: string;
  readonly round: number;
  readonly seconds: number;
  /** Bytes of memory at most, and those that the process had before; `null` where the step was no process of its own. */
  readonly peak: number | null;
  readonly before: number | null;
  /** What there was to count: members, objects, what waits. */
  readonly count: number;
}

/** What the hub grew by. */
export interface Growth {
  readonly step: string;
  readonly bytes: number;
  readonly files: number;
  /** Records among them. */
  readonly records: number;
}

export interface Findings {
  readonly sizes: Sizes;
  readonly steps: Step[];
  readonly growths: Growth[];
  /** Bytes of what was handed out, as files, and as the Master's own store has them. */
  content: { readonly bytes: number; readonly files: number; readonly stored: number } | null;
  /** How received trees differ from what was sent. */
  readonly comparisons: { readonly step: string; readonly differences: readonly Difference[] }[];
  /** Members for whom something waits for a decision, by how the Master sent it. */
  readonly waiting: { readonly how: string; readonly members: number; readonly of: number }[];
}

const rounds = 3;

/** What is timed, in order; each scene goes on where the one before ended. */
export class Scenes {
  private readonly course: Course;
  private readonly scratch: string;
  private readonly findings: Findings;
  private readonly say: (line: string) => void;

  constructor(course: Course, scratch: string, findings: Findings, say: (line: string) => void) {
    this.course = course;
    this.scratch = scratch;
    this.findings = findings;
    this.say = say;
  }

  /** Everybody comes in. */
  async join(): Promise<void> {
    const { course } = this;
    const { members } = this.findings.sizes;
    await course.found();
    const codes = await this.time('invite all', 1, members, () => course.invite());
    await this.time('join, all in turn', 1, members, () => course.join(codes));
    this.call('sync', 'Master lets all in', course.master);
    for (let round = 1; round <= rounds; round++) this.call('sync', 'Master’s sync, nothing new', course.master, round);
    for (let round = 1; round <= rounds; round++) this.call('sync', 'member’s sync', course.members[round - 1]!, round);
  }

  /** Something large goes out to all, then a hundredth of it once more. */
  async material(): Promise<void> {
    const { master } = this.course;
    makeMaterial(master.folder, this.findings.sizes.bytes);
    const source = join(master.folder, materialFolder);
    const stored = storedBytes(master);
    await withEngine(master, (engine) => stageOnly(engine, [materialFolder]));
    this.growing('distribute', () => this.call('distribute', 'distribute to all', master));
    this.findings.content = { ...measureTree(source), stored: storedBytes(master) - stored };
    this.receive('receive', source);
    this.copy(source);
    changeMaterial(master.folder, 1);
    this.growing('distribute 1 % changed', () => this.call('distribute', 'distribute 1 % changed', master));
    this.receive('receive 1 % changed', source);
  }

  /** Everybody has many small objects, and the Master looks what new versions of them would meet. */
  async preview(): Promise<void> {
    const { master, members } = this.course;
    const paths = exercisePaths(this.findings.sizes.objects);
    writeExercises(master.folder, paths, 1);
    await this.time('stage the objects', 1, paths.length, () => withEngine(master, (engine) => stageOnly(engine, paths)));
    this.growing('distribute the objects', () => this.call('distribute', 'distribute the objects', master));
    await this.inTurn('receive the objects', members, async (member) => {
      await withEngine(member, (engine) => receiveLast(engine));
      // What is one’s own, and what one has worked on.
      writeFileSync(join(member.folder, paths[1]!), `answer of ${member.name}\n`);
      await withEngine(member, hear);
    });
    this.call('sync', 'Master hears all answers', master);
    this.call('distributions', 'list of distributions', master);
    writeExercises(master.folder, paths, 2);
    for (let round = 1; round <= rounds; round++) this.call('preview', 'preview', master, round);
  }

  /** Many have edited the same object. The Master says once what holds for it; then leaves it to them. */
  async conflict(): Promise<void> {
    const { master, members } = this.course;
    const paths = exercisePaths(this.findings.sizes.objects);
    const conflicted = members.slice(0, this.findings.sizes.conflicted);
    await this.edit(conflicted, paths[0]!);
    await withEngine(master, async (engine) => {
      await stageOnly(engine, [paths[0]!]);
      const [object] = (await engine.stage()).objects;
      await engine.setStrategy({ ids: [object!.id], strategy: 'overwrite' });
    });
    this.call('ask', 'distribute, decided by the Master', master);
    await this.waitingAt('decided by the Master', conflicted);

    await this.edit(conflicted, paths[0]!);
    writeFileSync(join(master.folder, paths[0]!), 'once more\n');
    await withEngine(master, async (engine) => {
      const [object] = (await engine.stage()).objects;
      await engine.setStrategy({ ids: [object!.id], strategy: null });
    });
    this.call('ask', 'distribute, asking', master);
    await this.waitingAt('asking', conflicted);
    await this.time('one decides', 1, 1, () => withEngine(conflicted[0]!, decide));
    await this.waitingAt('asking, one has decided', conflicted.slice(0, 1));
  }

  private async edit(members: readonly Person[], path: string): Promise<void> {
    for (const { folder, name } of members)
      writeFileSync(join(folder, path), `${name} at ${path}, round ${this.findings.waiting.length}\n`);
  }

  private async waitingAt(how: string, members: readonly Person[]): Promise<void> {
    let waiting = 0;
    await this.inTurn(`receive, ${how}`, members, async (member) => {
      waiting += (await withEngine(member, receiveLast)) > 0 ? 1 : 0;
    });
    this.findings.waiting.push({ how, members: waiting, of: members.length });
    this.say(`${how}: something waits at ${waiting} of ${members.length} members`);
  }

  private receive(step: string, source: string): void {
    const { members } = this.course;
    const receivers = members.slice(0, this.findings.sizes.receivers);
    for (const [i, member] of receivers.entries()) this.call('receive', step, member, i + 1);
    const found = compareManifests(readManifest(source), readManifest(join(receivers[0]!.folder, materialFolder)));
    // A folder that was there keeps its own time.
    const differences = step === 'receive' ? found : found.filter(({ aspect }) => aspect !== 'time');
    this.findings.comparisons.push({ step, differences });
  }

  private copy(source: string): void {
    for (let round = 1; round <= this.findings.sizes.receivers; round++) {
      const to = join(this.scratch, `copy-${round}`);
      spawnSync('sync');
      const began = performance.now();
      copyTree(source, to);
      this.note({ step: 'cp -a of the same', round, seconds: (performance.now() - began) / 1000, peak: null, before: null, count: 1 });
      rmSync(to, { recursive: true });
    }
  }

  private call(call: Call, step: string, person: Person, round = 1): void {
    spawnSync('sync');
    this.note({ step, round, ...measureCall(call, person) });
  }

  private async time<T>(step: string, round: number, count: number, run: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const result = await run();
    this.note({ step, round, seconds: (performance.now() - began) / 1000, peak: null, before: null, count });
    return result;
  }

  /** What each of several does, one after the other; a round each. */
  private async inTurn(step: string, people: readonly Person[], run: (person: Person) => Promise<void>): Promise<void> {
    for (const [i, person] of people.entries()) {
      const began = performance.now();
      await run(person);
      this.findings.steps.push({ step, round: i + 1, seconds: (performance.now() - began) / 1000, peak: null, before: null, count: 1 });
    }
    this.say(`${step}: ${people.length} members`);
  }

  private growing(step: string, run: () => void): void {
    const before = { hub: measureTree(this.course.hub), logs: measureTree(join(this.course.hub, 'logs')) };
    run();
    const after = { hub: measureTree(this.course.hub), logs: measureTree(join(this.course.hub, 'logs')) };
    const [bytes, files] = [after.hub.bytes - before.hub.bytes, after.hub.files - before.hub.files];
    const records = after.logs.files - before.logs.files;
    this.findings.growths.push({ step, bytes, files, records });
    this.say(`${step}: the hub grew by ${(bytes / 1e6).toFixed(2)} MB in ${files} files, ${records} of them records`);
  }

  private note(step: Step): void {
    this.findings.steps.push(step);
    const memory = step.peak === null ? '' : `, ${(step.peak / 1e6).toFixed(0)} MB`;
    this.say(`${step.step} ${step.round}: ${step.seconds.toFixed(3)} s${memory}, ${step.count}`);
  }
}

/** Bytes of the packs of a store. */
function storedBytes({ folder }: Person): number {
  const packs = join(folder, '.snapstage', 'packs');
  mkdirSync(packs, { recursive: true });
  return measureTree(packs).bytes;
}

/** Applies what came last, and nothing before it. Returns how many of its objects wait for a decision then. */
const receiveLast = (engine: Parameters<typeof receiveAll>[0]): Promise<number> => receiveAll(engine, 1);

/** Takes what comes for all that waits in what came last. */
async function decide(engine: Parameters<typeof receiveAll>[0]): Promise<void> {
  const [delivery] = await engine.inbox();
  const { objects } = await engine.planReceive({ delivery: delivery!.id });
  const open = objects.filter(({ outcome }) => outcome === 'waiting');
  const choices = open.map(({ place, triple }) => ({ place, triple, take: 'incoming' as const }));
  await engine.resolve({ delivery: delivery!.id, choices });
}
