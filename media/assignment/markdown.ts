import type { MarkdownNode } from '../../src/editor/assignments/assignmentPage.ts';
import { element } from '../page/elements.ts';

/** Elements of a text; what its writer wrote is never markup. */
export function markdownNodes(nodes: readonly MarkdownNode[]): readonly (Node | string)[] {
  return nodes.map((node) =>
    typeof node === 'string'
      ? node
      : element(node.tag, node.tag === 'a' ? { href: node.href, title: node.href } : {}, ...markdownNodes(node.children)),
  );
}
