import assert from 'node:assert/strict';
import fc from 'fast-check';
import { markdownTags, type MarkdownNode } from '../../../src/editor/assignments/assignmentPage.ts';
import { loadMarkdown, type MarkdownReader } from '../../../src/editor/assignments/markdown.ts';

describe('editor: Markdown of assignments', () => {
  let read: MarkdownReader;
  before(async () => void (read = await loadMarkdown()));

  /** As markup, to be compared by eye. */
  const text = (nodes: readonly MarkdownNode[]): string =>
    nodes
      .map((node) =>
        typeof node === 'string'
          ? node.replaceAll('<', '&lt;')
          : `<${node.tag}${node.href === undefined ? '' : ` ${node.href}`}>${text(node.children)}</${node.tag}>`,
      )
      .join('');

  it('knows what texts are made of', () => {
    assert.equal(
      text(read('# Task\n\nDo *all* of `a` and **b**.')),
      '<h3>Task</h3><p>Do <em>all</em> of <code>a</code> and <strong>b</strong>.</p>',
    );
    assert.equal(text(read('1. one\n2. two')), '<ol><li>one</li><li>two</li></ol>');
    assert.equal(text(read('```py\nx = 1\n```')), '<pre><code>x = 1\n</code></pre>');
    assert.equal(text(read('> so\n\n---')), '<blockquote><p>so</p></blockquote><hr></hr>');
    assert.equal(
      text(read('a|b\n-|-\n1|~~2~~')),
      '<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td><s>2</s></td></tr></tbody></table>',
    );
    assert.equal(text(read('[the page](https://example.org/a?b=c)')), '<p><a https://example.org/a?b=c>the page</a></p>');
  });

  it('lets no markup, no program and no picture through', () => {
    assert.equal(text(read('<script>alert(1)</script>')), '<p>&lt;script>alert(1)&lt;/script></p>');
    assert.equal(text(read('a <img src="https://example.org/x.png"> b')), '<p>a &lt;img src="https://example.org/x.png"> b</p>');
    assert.equal(text(read('![a plot](https://example.org/x.png)')), '<p>a plot</p>');
    assert.equal(text(read('[run](command:workbench.action.terminal.new)')), '<p>run</p>');
    assert.ok(!text(read('[run](javascript:alert(1))')).includes('<a'));
    assert.ok(!text(read('[run](vscode://x/y)')).includes('<a'));
    assert.ok(!text(read('[run](file:///etc/passwd)')).includes('<a'));
  });

  it('makes of any text only elements that it knows', () => {
    const special = fc.constantFrom(
      '# ',
      '*',
      '**',
      '`',
      '```\n',
      '> ',
      '- ',
      '1. ',
      '[a](https://b)',
      '![a](b)',
      '<b>',
      '|',
      '\n',
      '\n\n',
      '\\',
      '&amp;',
      'word',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(special, fc.string({ maxLength: 8 })), { maxLength: 30 }), (parts) => {
        const visit = (nodes: readonly MarkdownNode[]): void => {
          for (const node of nodes) {
            if (typeof node === 'string') continue;
            assert.ok(markdownTags.includes(node.tag));
            assert.ok(node.href === undefined || (node.tag === 'a' && /^(?:https?|mailto):/i.test(node.href)));
            visit(node.children);
          }
        };
        visit(read(parts.join('')));
      }),
    );
  });
});
