import { posix } from 'node:path';
import { joinPath, parentPath } from '../../../base/paths.ts';
import type { Declared, Resolved } from '../detector.ts';
import type { Project } from '../project.ts';

/** Requirements of Python: PEP 508 (dependency specifiers) and pip's requirements file format. */

/** PEP 503: names that differ in case, dots, dashes and underscores alone are one. */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** Longer lines are no requirements. */
const LONGEST = 2000;

/** One requirement; `undefined` for what names no package. */
export function parseRequirement(line: string): Declared | undefined {
  const text = line.trim();
  const name = /^[A-Za-z0-9][\w.-]*/.exec(text)?.[0];
  if (name === undefined || text.length > LONGEST) return undefined;
  const [wish = '', ...marker] = text
    .slice(name.length)
    .trim()
    .replace(/^\[[^\]]*\]/, '')
    .split(';');
  const asked = wish.trim().replace(/^\((.*)\)$/, '$1');
  if (asked !== '' && !/^(===?|[<>!~]=?|@)/.test(asked)) return undefined;
  return { name: normalName(name), asked: asked === '' ? '*' : asked, optional: marker.length > 0 };
}

/** The version that a requirement allows alone, as `pip freeze` writes it. */
export function pinned({ name, asked, optional }: Declared): Resolved[] {
  const exact = /^={2,3}\s*([^\s,*]+)$/.exec(asked);
  return exact === null ? [] : [{ name, version: exact[1]!, ...(optional === true && { optional }) }];
}

/** Files that one requirements file may lead to. */
const MAX_FILES = 50;

/** What a requirements file asks for, with the files that it includes (`-r`): only those of the state are read, each once. */
export function readRequirements(project: Project, name: string, seen = new Set<string>()): Declared[] {
  if (seen.has(name) || seen.size >= MAX_FILES) return [];
  seen.add(name);
  const text = project.text(name)?.replace(/\\\r?\n/g, ' ') ?? '';
  return text.split(/\r?\n/).flatMap((line) => {
    const content = line.split(/(?:^|\s)#/, 1)[0]!.trim();
    const included = /^(?:-r|--requirement)(?:\s+|=)(\S+)$/.exec(content)?.[1];
    if (included !== undefined) return include(project, name, included, seen);
    if (content === '' || content.startsWith('-')) return [];
    return parseRequirement(content.split(/\s--[a-z]/, 1)[0]!) ?? [];
  });
}

function include(project: Project, from: string, file: string, seen: Set<string>): Declared[] {
  const name = posix.normalize(joinPath(parentPath(from), file));
  if (!/^[a-z]+:/i.test(file) && !posix.isAbsolute(file) && name !== '..' && !name.startsWith('../')) {
    return readRequirements(project, name, seen);
  }
  project.remark(from, `includes “${file.slice(0, 200)}”, which lies outside of the project and was not read`);
  return [];
}
