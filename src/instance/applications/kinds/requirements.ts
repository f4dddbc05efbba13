import { posix } from 'node:path';
import { joinPath, parentPath } from '../../../base/paths.ts';
import type { Declared, Resolved } from '../detector.ts';
import type { Project } from '../project.ts';

/** Requirements of Python: PEP 508 (dependency specifiers) and pip's requirements file format. */

/** PEP 503: names that differ in case, dots, dashes and underscores alone are one. */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** One requirement; `undefined` for what names no package. */
export function parseRequirement(line: string): Declared | undefined {
  const found = /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*([^;]*)(;.*)?$/.exec(line.trim());
  if (found === null || line.length > 2000) return undefined;
  const asked = found[2]!.trim().replace(/^\((.*)\)$/, '$1');
  if (asked !== '' && !/^(===?|[<>!~]=?|@)/.test(asked)) return undefined;
  return { name: normalName(found[1]!), asked: asked === '' ? '*' : asked, optional: found[3] !== undefined };
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
    const content = line.replace(/(^|\s)#.*$/, '').trim();
    const included = /^(?:-r|--requirement)(?:\s+|=)(\S+)$/.exec(content)?.[1];
    if (included !== undefined) return include(project, name, included, seen);
    if (content === '' || content.startsWith('-')) return [];
    return parseRequirement(content.replace(/\s--[a-z].*$/, '')) ?? [];
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
