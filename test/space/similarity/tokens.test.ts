import assert from 'node:assert/strict';
import fc from 'fast-check';
import { languageOf, type Grammar } from '../../../src/space/similarity/languages.ts';
import { readText } from '../../../src/space/similarity/passages.ts';
import { programTokens } from '../../../src/space/similarity/programTokens.ts';
import { proseTokens } from '../../../src/space/similarity/proseTokens.ts';
import { fileOf, notebookOf } from './programs.ts';

function grammar(name: string): Grammar {
  const language = languageOf(name);
  assert.ok(typeof language === 'object');
  return language;
}

/** Where tokens start, as they are written there. */
function program(name: string, text: string): string[] {
  const { offsets } = programTokens(text, grammar(name));
  return offsets.map((at) => /^(?:"[^"]*"|'[^']*'|[\w.$]+|.)/s.exec(text.slice(at))![0]);
}

function sameProgram(name: string, one: string, other: string): void {
  assert.deepEqual(programTokens(one, grammar(name)).values, programTokens(other, grammar(name)).values);
}

function sameProse(one: string, other: string): void {
  assert.deepEqual(proseTokens(one).values, proseTokens(other).values);
}

describe('similarity: programs as tokens', () => {
  it('tells names, numbers, strings, keywords and operators apart', () => {
    const text = 'if (x1 >= 0x1F) { y = "a b" + z; }';
    assert.deepEqual(program('a.c', text), ['if', '(', 'x1', '>', '=', '0x1F', ')', 'y', '=', '"a b"', '+', 'z']);
    const kinds = programTokens('if while x 1 "s" + -', grammar('a.c')).values;
    assert.equal(new Set(kinds).size, kinds.length);
  });

  it('does not tell names, numbers and strings from one another', () => {
    sameProgram('a.py', 'total = 1.5 + f("x")', "s_2 = 77 + größe('other \\' text')");
  });

  it('drops comments of the family', () => {
    sameProgram('a.c', 'a /* b\n */ = c; // d', 'a = c;');
    sameProgram('a.py', 'def f():\n  """Docs\n  of f."""\n  return 1 # one', 'def f(): return 1');
    sameProgram('a.sql', 'select a -- b\nfrom c', 'SELECT a\nFROM c');
    sameProgram('a.hs', 'f {- g\n -} = h -- i', 'f = h');
    sameProgram('a.m', 'x = y % z', 'x = y');
    sameProgram('a.rkt', '(a #| b |# c) ; d', '(a c)');
    sameProgram('a.pas', 'a { b } := (* c *) d // e', 'a := d');
    sameProgram('a.php', 'a # b\n = c // d', 'a = c');
    sameProgram('a.py', 'a # b\r= c # d\r', 'a = c');
  });

  it('keeps what only looks like a comment', () => {
    assert.deepEqual(program('a.c', 'a = "// b"; c'), ['a', '=', '"// b"', 'c']);
    assert.deepEqual(program('a.py', 'a // b'), ['a', '/', '/', 'b']);
    assert.deepEqual(program('a.c', 'a /* b'), ['a', '/', '*', 'b']);
  });

  it('ends a string with its line, but not a template', () => {
    assert.deepEqual(program('a.c', 'a = "b\nc'), ['a', '=', '"', 'c']);
    sameProgram('a.ts', 'a = `b\n"c` + d', 'a = "b" + d');
    assert.deepEqual(program('a.rs', "fn f<'a>(x)"), ['fn', 'f', '<', "'", 'a', '>', '(', 'x', ')']);
  });

  it('sees nothing of formatting', () => {
    sameProgram('a.ts', 'if (a) b(c, d);\n', 'if(a)\n{\n\tb(\n c,\n d,\n )\n}');
  });
});

describe('similarity: prose as words', () => {
  it('sees nothing of case, punctuation, white space and composition', () => {
    sameProse('The quick\n  brown fox — jumps!', 'the QUICK, brown: (fox) jumps');
    sameProse('Caf\u00e9 ﬁnal', 'cafe\u0301 final');
  });

  it('knows letters and digits of all scripts', () => {
    assert.equal(proseTokens('Größe Δx привет 42 नमस्ते').values.length, 5);
    assert.equal(proseTokens('… — !? \n').values.length, 0);
  });

  it('takes each letter of scripts without spaces for a word', () => {
    assert.equal(proseTokens('人工知能とAI').values.length, 6);
  });
});

describe('similarity: files as texts', () => {
  it('knows the kind by the name, whatever its case', () => {
    for (const name of ['a/b.PY', 'x.test.ts', 'Makefile', 'main.c++', 'Foo.Java'])
      assert.ok(readText(fileOf(name, 'x')) !== undefined, name);
    for (const name of ['a.csv', 'a.json', 'a.png', 'a', '.py/x', 'py.', '']) assert.equal(readText(fileOf(name, 'x')), undefined, name);
  });

  it('counts lines from 1, whatever ends them', () => {
    const { lines } = readText(fileOf('a.md', 'a b\nc\r\n\r\nd\re'))!.passages[0]!;
    assert.deepEqual(lines, [1, 1, 2, 4, 5]);
  });

  it('reads a notebook as its cells, code and prose apart', () => {
    const { text, passages } = readText(fileOf('a.ipynb', notebookOf('# Two words', 'x = 1\ny = 2', 'z')))!;
    assert.deepEqual(text.split('\n'), ['# %% [markdown]', '# Two words', '# %%', 'x = 1', 'y = 2', '# %%', 'z']);
    const [code, prose] = passages;
    assert.deepEqual(code!.lines, [4, 4, 4, 5, 5, 5, 7]);
    assert.deepEqual(prose!.lines, [2, 2]);
    assert.deepEqual(code!.tokens, programTokens('x = 1\ny = 2\nz', grammar('a.py')).values);
  });

  it('takes the language of a notebook from what it says', () => {
    const julia = notebookOf('a #= b =# c').replace('python', 'julia');
    assert.equal(readText(fileOf('a.ipynb', julia))!.passages[0]!.tokens.length, 2);
    const unknown = notebookOf('a # b').replace('"python"', '{}');
    assert.equal(readText(fileOf('a.ipynb', unknown))!.passages[0]!.tokens.length, 1);
  });

  it('takes a broken notebook and a file with zero bytes for data', () => {
    assert.equal(readText(fileOf('a.ipynb', notebookOf('x').slice(0, -1))), undefined);
    assert.equal(readText(fileOf('a.py', 'x\0y')), undefined);
  });

  it('reads what is not UTF-8', () => {
    const latin = readText(fileOf('a.py', Buffer.from('größe = 1 # ä', 'latin1')))!;
    assert.deepEqual(latin.passages[0]!.tokens, programTokens('size = 1', grammar('a.py')).values);
  });

  it('has a token of a place and a line that are there for anything, and none else', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom('"', "'", '`', '/*', '*/', '\\', '\n', '\r', 'a', '1', ' ', '"""')).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, fc.constantFrom('a.py', 'a.ts', 'a.md', 'a.pas', 'a.php'), (content, name) => {
        const read = readText(fileOf(name, content));
        if (read === undefined) return assert.ok(content.includes('\0'));
        const last = read.text.split(/\r\n|\n|\r/).length;
        const { tokens, lines, places } = read.passages[0]!;
        assert.deepEqual([lines.length, places.length], [tokens.length, tokens.length]);
        assert.ok(lines.every((line, i) => line >= (lines[i - 1] ?? 1) && line <= last));
      }),
    );
  });

  describe('in time in proportion to the length', () => {
    const hostile = [
      'a',
      '"',
      "'",
      '`',
      '\\',
      '"\\',
      '/*',
      '{',
      '(*',
      '"""',
      "'''",
      '#',
      '//',
      '/',
      '"\n',
      'a ',
      'a.b(',
      '1',
      '\u00e9',
      '人',
      '\n',
    ];
    for (const name of ['a.py', 'a.ts', 'a.pas', 'a.md']) {
      it(`reads ${name} whatever is repeated in it`, () => {
        for (const part of hostile) {
          const content = Buffer.alloc(512 << 10, part);
          assert.ok(readText(fileOf(name, content)) !== undefined, part);
        }
      });
    }

    it('reads one long line, and takes what is larger than eight megabytes for data', () => {
      for (const name of ['a.py', 'a.md']) {
        const read = readText(fileOf(name, Buffer.alloc(8 << 20, 'a = b + word; ')));
        assert.equal(read!.passages[0]!.lines.at(-1), 1);
        assert.equal(readText(fileOf(name, Buffer.alloc(20 << 20, 'a = b + word; '))), undefined);
      }
    });
  });
});
