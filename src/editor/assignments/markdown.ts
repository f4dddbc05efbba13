/** Markdown as a tree of a few harmless elements: no HTML of its writer's, no pictures, no links but those of the web and of mail. */
import type { Token } from 'markdown-it';
import { markdownTags, type MarkdownElement, type MarkdownNode } from './assignmentPage.ts';

/** Of CommonMark with tables and strikethrough. */
export type MarkdownReader = (text: string) => readonly MarkdownNode[];

/** Below the titles of the page that it stands in. */
const headings: Readonly<Record<string, string>> = { h1: 'h3', h2: 'h4', h3: 'h5', h4: 'h6', h5: 'h6', h6: 'h6' };

/** Loaded when it is first needed: most windows never show an assignment. */
export async function loadMarkdown(): Promise<MarkdownReader> {
  const { default: markdownIt } = await import('markdown-it');
  const parser = markdownIt({ html: false, linkify: false });
  return (text) => treeOf(parser.parse(text, {}));
}

interface Open {
  /** `undefined`: what is in it stands in its place. */
  readonly element: Omit<MarkdownElement, 'children'> | undefined;
  readonly children: MarkdownNode[];
}

function treeOf(tokens: readonly Token[]): readonly MarkdownNode[] {
  const top: MarkdownNode[] = [];
  const open: Open[] = [];
  const add = (...nodes: readonly MarkdownNode[]): void => void (open.at(-1)?.children ?? top).push(...nodes);
  for (const token of tokens) {
    if (token.nesting === 1) open.push({ element: elementOf(token), children: [] });
    else if (token.nesting === -1) {
      const { element, children } = open.pop()!;
      add(...(element ? [{ ...element, children }] : children));
    } else add(...leavesOf(token));
  }
  return top;
}

/** Of a token that others lie in. */
function elementOf(token: Token): Open['element'] {
  if (token.hidden) return undefined;
  if (token.tag === 'a') {
    const href = String(token.attrGet('href') ?? '');
    return /^(?:https?|mailto):/i.test(href) ? { tag: 'a', href } : undefined;
  }
  const name = headings[token.tag] ?? token.tag;
  const tag = markdownTags.find((one) => one === name);
  return tag && { tag };
}

function leavesOf(token: Token): readonly MarkdownNode[] {
  switch (token.type) {
    case 'inline':
      return treeOf(token.children ?? []);
    case 'code_inline':
      return [{ tag: 'code', children: [token.content] }];
    case 'fence':
    case 'code_block':
      return [{ tag: 'pre', children: [{ tag: 'code', children: [token.content] }] }];
    case 'softbreak':
      return ['\n'];
    case 'hardbreak':
      return [{ tag: 'br', children: [] }];
    case 'hr':
      return [{ tag: 'hr', children: [] }];
    default:
      // A picture is not fetched: what it would show stands there in words.
      return token.content === '' ? [] : [token.content];
  }
}
