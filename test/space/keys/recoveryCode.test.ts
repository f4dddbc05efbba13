import assert from 'node:assert/strict';
import fc from 'fast-check';
import { keyPairsOf } from '../../../src/space/keys/keyPairs.ts';
import { CHECKED, checksum, parseRecoveryCode, recoveryCode } from '../../../src/space/keys/recoveryCode.ts';

const secrets = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const secret = Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 37 + 11) & 0xff));
const code = recoveryCode(secret);

describe('a recovery code', () => {
  it('has the checksum of Bech32m', () => {
    // Valid and invalid strings of BIP 350, whose letters stand for other symbols.
    const letters = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
    const check = (text: string): boolean => {
      const border = text.lastIndexOf('1');
      const codes = Array.from(text.slice(0, border), (letter) => letter.charCodeAt(0));
      const symbols = Array.from(text.slice(border + 1), (letter) => letters.indexOf(letter));
      return checksum([...codes.map((of) => of >> 5), 0, ...codes.map((of) => of & 31), ...symbols]) === CHECKED;
    };
    const valid = [
      'a1lqfn3a',
      'an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6',
      'abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx',
      'split1checkupstagehandshakeupstreamerranterredcaperredlc445v',
      '?1v759aa',
    ];
    for (const text of valid) assert.ok(check(text), text);
    for (const text of ['m1lqfn3a', 'a1lqfn3q', 'split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w'])
      assert.ok(!check(text), text);
  });

  it('looks the same for ever: what people wrote down stays valid', () => {
    assert.equal(recoveryCode(Buffer.alloc(32)), 'R1000-00000-00000-00000-00000-00000-00000-00000-00000-00000-0000K-C7R2H');
    assert.match(code, /^R1[0-9A-Z]{3}(-[0-9A-Z]{5}){11}$/);
  });

  it('gives back its secret', () => {
    fc.assert(fc.property(secrets, (bytes) => assert.deepEqual(parseRecoveryCode(recoveryCode(bytes)), bytes)));
    assert.throws(() => recoveryCode(Buffer.alloc(31)), { code: 'damaged' });
  });

  it('forgives case, spaces, dashes and characters that look alike', () => {
    const ways = [
      code.toLowerCase(),
      code.replaceAll('-', ''),
      ` ${code.replaceAll('-', ' \n')} `,
      code.replaceAll('-', '—'),
      code.replaceAll('0', 'o').replaceAll('1', 'l'),
      code.replaceAll('0', 'O').replaceAll('1', 'I').replaceAll('V', 'u'),
    ];
    for (const way of ways) assert.deepEqual(parseRecoveryCode(way), secret, way);
  });

  it('with any one character wrong is refused', () => {
    const plain = code.replaceAll('-', '');
    for (let at = 0; at < plain.length; at++) {
      for (const digit of DIGITS) {
        if (digit === plain[at]) continue;
        assert.throws(() => parseRecoveryCode(plain.slice(0, at) + digit + plain.slice(at + 1)), { code: 'usage' }, `${digit} at ${at}`);
      }
    }
  });

  it('with any two characters swapped is refused', () => {
    const plain = Array.from(code.replaceAll('-', ''));
    for (let a = 0; a < plain.length; a++) {
      for (let b = a + 1; b < plain.length; b++) {
        if (plain[a] === plain[b]) continue;
        const swapped = plain.with(a, plain[b]!).with(b, plain[a]!).join('');
        assert.throws(() => parseRecoveryCode(swapped), { code: 'usage' }, `${a} and ${b}`);
      }
    }
  });

  it('with up to four characters wrong, one missing or one too many is refused', () => {
    const plain = code.replaceAll('-', '');
    const error = fc.tuple(fc.nat(plain.length - 1), fc.integer({ min: 1, max: 31 }));
    fc.assert(
      fc.property(fc.uniqueArray(error, { minLength: 1, maxLength: 4, selector: ([at]) => at }), (errors) => {
        const wrong = Array.from(plain);
        for (const [at, by] of errors) wrong[at] = DIGITS[(DIGITS.indexOf(wrong[at]!) + by) % 32]!;
        assert.throws(() => parseRecoveryCode(wrong.join('')), { code: 'usage' });
      }),
    );
    for (let at = 0; at < plain.length; at++) {
      assert.throws(() => parseRecoveryCode(plain.slice(0, at) + plain.slice(at + 1)), { code: 'usage', message: /59 characters/ });
      assert.throws(() => parseRecoveryCode(`${plain.slice(0, at)}7${plain.slice(at)}`), { code: 'usage', message: /61 characters/ });
    }
  });

  it('of other characters, of nothing or of another kind is refused, and it is said why', () => {
    const whys: [string, RegExp][] = [
      ['', /0 characters instead of 60/],
      ['R1*00', /“\*” is not among/],
      ['💥', /“💥” is not among/],
      ['\u202e', /“\ufffd” is not among/],
      [`R1${'0'.repeat(58)}`, /wrong/],
      [withPrefix('R2'), /newer Snapstage: “R2”/],
      [withEnd(), /an end that no code has/],
    ];
    for (const [text, message] of whys) assert.throws(() => parseRecoveryCode(text), { code: 'usage', message }, text);
  });

  it('gives the same key pairs for ever, others than an invite of the same secret', () => {
    const [root, again, invite] = [keyPairsOf('root', secret), keyPairsOf('root', Buffer.from(secret)), keyPairsOf('invite', secret)];
    assert.deepEqual([root.signing.publicKey, root.box.publicKey], [again.signing.publicKey, again.box.publicKey]);
    const zero = keyPairsOf('root', Buffer.alloc(32));
    assert.equal(zero.signing.publicKey.toString('hex'), '3e7e7875899934b95f11eebfe547719bddcda4fa40488eb26388d52aa8a59901');
    assert.equal(zero.box.publicKey.toString('hex'), '8d3b792da020866dc731a2168941800b65c0c8532fa9354c4f70b78a38100833');
    const keys = [root.signing, root.box, invite.signing, invite.box].map(({ publicKey }) => publicKey.toString('hex'));
    assert.equal(new Set(keys).size, 4);
  });
});

/** A code with a checksum that fits, and symbols that no code has. */
function made(symbols: readonly number[]): string {
  const rest = checksum([...symbols, 0, 0, 0, 0, 0, 0]) ^ CHECKED;
  return [...symbols, ...[25, 20, 15, 10, 5, 0].map((by) => (rest >>> by) & 31)].map((symbol) => DIGITS[symbol]).join('');
}

function symbolsOf(text: string): number[] {
  return Array.from(text.replaceAll('-', '').slice(0, -6), (digit) => DIGITS.indexOf(digit));
}

function withPrefix(prefix: string): string {
  return made(symbolsOf(prefix + code.slice(2)));
}

function withEnd(): string {
  const symbols = symbolsOf(code);
  return made([...symbols.slice(0, -1), symbols.at(-1)! | 1]);
}
