import { createHash } from 'node:crypto';
import { joinPath } from '../../base/paths.ts';
import { Kind } from '../../store/tree.ts';
import type { ConfigurationFile, Remark } from './application.ts';
import { TEXT_LIMIT, type Format } from './formats.ts';
import { whyUnreadable, type Listed, type Stat, type StateFiles } from './stateFiles.ts';

/** So many remarks on one project; the rest is counted. */
const MAX_REMARKS = 50;
/** Files that one checkout wrote differ by this much at most, in any order. */
const SAME_TIME_MS = 60_000;
/** More packages than this are not looked at one by one. */
export const MAX_INSTALLED = 10_000;

/** One folder of a state as a detector reads it: it keeps what was read and what was strange. Names are paths below the folder. */
export class Project {
  readonly path: string;
  /** Names in it that made it a project. */
  readonly found: readonly string[];
  /** Environments right in it, by name: virtual environments of Python, conda's. */
  readonly environments: readonly string[];
  /** Commands are for Windows. */
  readonly windows: boolean;
  private readonly state: StateFiles;
  private readonly read = new Map<string, ConfigurationFile>();
  private readonly told: Remark[] = [];
  private untold = 0;

  constructor(state: StateFiles, place: Pick<Project, 'path' | 'found' | 'environments' | 'windows'>) {
    this.state = state;
    this.path = place.path;
    this.found = place.found;
    this.environments = place.environments;
    this.windows = place.windows;
  }

  get files(): ConfigurationFile[] {
    return [...this.read.values()];
  }

  get remarks(): Remark[] {
    const rest = { path: this.path, reason: `there are ${this.untold} more remarks` };
    return this.untold === 0 ? this.told : [...this.told, rest];
  }

  remark(name: string, reason: string): void {
    const path = joinPath(this.path, name);
    if (this.told.some((each) => each.path === path && each.reason === reason)) return;
    if (this.told.length === MAX_REMARKS) this.untold += 1;
    else this.told.push({ path, reason });
  }

  stat(name: string): Stat | undefined {
    return this.state.stat(joinPath(this.path, name));
  }

  isFile(name: string): boolean {
    return this.stat(name)?.kind === Kind.file;
  }

  /** What is in a folder below it; nothing where there is none. */
  list(name: string): readonly Listed[] {
    const path = joinPath(this.path, name);
    return path === '' || this.state.stat(path)?.kind === Kind.folder ? this.state.list(path) : [];
  }

  /** A configuration file's text, which the record names from now on; `undefined` where there is none, or a remark says why. */
  text(name: string, limit = TEXT_LIMIT): string | undefined {
    const stat = this.stat(name);
    if (stat === undefined || stat.kind === Kind.folder) return undefined;
    const bytes = this.configuration(name, stat);
    if (bytes === undefined) return undefined;
    if (bytes.length > limit) this.remark(name, `is too large to be parsed (over ${limit / 1_000_000} MB)`);
    return bytes.length > limit ? undefined : decodeText(bytes);
  }

  /** A configuration file's value. */
  parsed(name: string, format: Format): unknown {
    const text = this.text(name, format.limit);
    return text === undefined ? undefined : this.value(name, text, format);
  }

  /** The value of a file that belongs to what is installed, and is no configuration. */
  installed(name: string, format: Format): unknown {
    const text = this.peek(name, format.limit + 1);
    if (text === undefined || text.length <= format.limit) return text === undefined ? undefined : this.value(name, text, format);
    this.remark(name, `is too large to be parsed (over ${format.limit / 1_000_000} MB)`);
    return undefined;
  }

  /** The beginning of a file, or a link's target; `undefined` where there is none, or a remark says why. */
  peek(name: string, length: number): string | undefined {
    const kind = this.stat(name)?.kind;
    if (kind === undefined || kind === Kind.folder) return undefined;
    return this.bytes(name, length)?.toString('utf8');
  }

  /** Remarks on a lock file that was not written again after what is declared was changed. */
  compareAges(lock: string, declaration: string): void {
    const [locked, declared] = [this.stat(lock), this.stat(declaration)];
    if (locked !== undefined && declared !== undefined && locked.modified < declared.modified - SAME_TIME_MS) {
      this.remark(lock, `is older than ${declaration}`);
    }
  }

  private value(name: string, text: string, format: Format): unknown {
    try {
      return format.parse(text);
    } catch (error) {
      const why = error instanceof Error ? error.message.split('\n')[0]!.slice(0, 200) : 'unknown';
      this.remark(name, `can't be parsed: ${why}`);
      return undefined;
    }
  }

  private configuration(name: string, stat: Stat): Buffer | undefined {
    const path = joinPath(this.path, name);
    const isNew = !this.read.has(path);
    if (stat.kind === Kind.link || stat.size > TEXT_LIMIT) {
      this.read.set(path, { path, sha256: null });
      const reason =
        stat.kind === Kind.link ? 'is a link, and was not followed' : `is too large to be read (over ${TEXT_LIMIT / 1_000_000} MB)`;
      if (isNew) this.remark(name, reason);
      return undefined;
    }
    const bytes = this.bytes(name, TEXT_LIMIT);
    this.read.set(path, { path, sha256: bytes === undefined ? null : createHash('sha256').update(bytes).digest('hex') });
    return bytes;
  }

  private bytes(name: string, length: number): Buffer | undefined {
    try {
      return this.state.read(joinPath(this.path, name), length);
    } catch (error) {
      this.remark(name, whyUnreadable(error));
      return undefined;
    }
  }
}

/** UTF-8, or what PowerShell writes when output is sent to a file: UTF-16 with its mark. */
function decodeText(bytes: Buffer): string {
  return bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString('utf16le', 2) : bytes.toString('utf8');
}

/** A name as an argument that no program takes for an option. */
export function asArgument(name: string): string {
  return name.startsWith('-') ? `./${name}` : name;
}
