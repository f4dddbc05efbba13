import type { Declared, Detector, Resolved } from '../detector.ts';

/** Go modules: https://go.dev/ref/mod#go-mod-file; versions in `go.mod` are those that are built with. */
export const go: Detector = {
  kind: 'go',
  names: ['go.mod', 'go.work'],
  read(project) {
    const work = project.text('go.work');
    const text = project.text('go.mod');
    project.text('go.sum');
    const lines = [...directives(text ?? ''), ...directives(work ?? '')];
    const required = lines.flatMap(({ verb, words }) => (verb === 'require' ? requirement(words) : []));
    const toolchain = lines.find(({ verb }) => verb === 'toolchain')?.words[0]?.replace(/^go/, '');
    const oldest = lines.find(({ verb }) => verb === 'go')?.words[0];
    const declared: Declared[] = required.filter(({ indirect }) => !indirect).map(({ name, version }) => ({ name, asked: version }));
    const locked: Resolved[] = required.map(({ name, version }) => ({ name, version }));
    return {
      runtime: { name: 'Go', asked: toolchain ?? (oldest === undefined ? null : `>=${oldest}`), found: null },
      declared,
      locked: text === undefined ? undefined : locked,
      recreate: [['go', 'mod', 'download']],
    };
  },
  bare: 'minimum',
};

/** Lines as a verb and its words, blocks in brackets taken apart. */
function directives(text: string): { verb: string; words: string[] }[] {
  const found: { verb: string; words: string[] }[] = [];
  let block: string | undefined;
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    if (block !== undefined) {
      if (words[0] === ')') block = undefined;
      else found.push({ verb: block, words });
    } else if (words[1] === '(') block = words[0];
    else found.push({ verb: words[0]!, words: words.slice(1) });
  }
  return found;
}

function requirement([name = '', version = '', ...comment]: readonly string[]): { name: string; version: string; indirect: boolean }[] {
  return /^v\d/.test(version) && name.length < 1000 ? [{ name, version, indirect: comment.join(' ').includes('indirect') }] : [];
}
