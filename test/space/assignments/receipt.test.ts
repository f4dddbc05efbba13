import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { SnapstageError } from '../../../src/base/errors.ts';
import type { ReceiptInfo } from '../../../src/engine/assignmentApi.ts';
import { writeReceipts } from '../../../src/space/assignments/acts.ts';
import { handInsOf, Replies } from '../../../src/space/assignments/handIns.ts';
import {
  countersign,
  encodeReceipt,
  MAX_RECEIPT,
  readReceipt,
  receiptCode,
  signStatement,
  statementOf,
  type Receipt,
} from '../../../src/space/assignments/receipt.ts';
import { sign } from '../../../src/space/crypto/signing.ts';
import { certify } from '../../../src/space/members/acts.ts';
import { publicKeysOf } from '../../../src/space/records/identity.ts';
import { Class } from '../../support/assignments.ts';
import { rejected, Workbench } from '../../support/folders.ts';
import type { Person } from '../../support/spaces.ts';

const TITLE = 'HW 1: “Ångström”';

function signer({ keys }: Pick<Person, 'keys'>): { sign: (label: string, ...parts: readonly Uint8Array[]) => Buffer } {
  return { sign: (label, ...parts) => sign(keys.signing, label, ...parts) };
}

/** The records by which these were made Masters, each by the one before. */
function offices({ world }: Class, ...masters: readonly Person[]): string[] {
  return masters.map(({ keys }) => {
    const { sign: key } = publicKeysOf(keys);
    const found = [...world.records.values()].filter(({ header, stored }) => header.audience === 'clear' && isOf(stored, key));
    return found.at(-1)!.bytes.toString('base64url');
  });
}

function isOf(stored: Buffer, key: string): boolean {
  const body = JSON.parse(stored.toString()) as { kind: string; keys?: { sign: string } };
  return body.kind === 'certify' && body.keys?.sign === key;
}

describe('a receipt', () => {
  const bench = new Workbench();
  let room: Class;
  let ada: Person;
  /** Made a Master by the first one, who was made one by the root. */
  let third: Person;
  let claimed: Receipt;
  let receipt: Receipt;

  before(() => {
    room = new Class(2, { title: TITLE });
    [ada, third] = room.members as [Person, Person];
    const [master] = room.masters;
    master.act((acting) => certify(acting, publicKeysOf(third.keys)));
    room.handIn(ada, 7);
    master.hear();
    master.act((acting) => writeReceipts(acting, room.world.now));
    const state = master.state();
    const [handIn] = handInsOf(state, state.members.get(ada.log)!);
    const statement = statementOf(handIn!.record, handIn!.body, TITLE);
    claimed = { statement, signature: signStatement(statement, signer(ada)).toString('base64url'), countersigned: null };
    const { body, record } = new Replies(state).receiptOf(handIn!)!;
    const { received, name, signature } = body;
    receipt = { ...claimed, countersigned: { keys: record.header.keys, name, received, signature, offices: offices(room, master) } };
  });
  afterEach(() => bench.clear());

  /** As somebody signs it who says to be a Master by these records. */
  function signedBy(person: Person, by: readonly string[]): Receipt {
    const signature = countersign(receipt.statement, 5, 'Ada', signer(person)).toString('base64url');
    return { ...claimed, countersigned: { keys: publicKeysOf(person.keys), name: 'Ada', received: 5, signature, offices: [...by] } };
  }

  function refuses(bytes: Uint8Array, code = 'damaged'): void {
    assert.throws(
      () => readReceipt(bytes),
      (error: unknown) => error instanceof SnapstageError && error.code === code,
    );
  }

  it('is what was written, before a Master has signed it and after', () => {
    for (const one of [claimed, receipt, signedBy(third, offices(room, room.masters[0], third))])
      assert.deepEqual(readReceipt(encodeReceipt(one)), one);
    assert.match(receiptCode(receipt.statement), /^[0-9A-F]{4}(-[0-9A-F]{4}){4}$/);
    assert.notEqual(receiptCode({ ...receipt.statement, bytes: '2' }), receiptCode(receipt.statement));
  });

  it('does not hold with any byte another, but for what stands between its words', () => {
    for (const one of [claimed, receipt]) {
      const bytes = encodeReceipt(one);
      const change = (at: number, value: number): void => {
        if (value === bytes[at]) return;
        const changed = Buffer.from(bytes);
        changed[at] = value;
        const isSpace = [bytes[at]!, value].every((byte) => ' \n\r\t'.includes(String.fromCharCode(byte)));
        if (isSpace) return;
        assert.throws(
          () => readReceipt(changed),
          SnapstageError,
          `byte ${at} as ${value}: ${changed.subarray(at - 30, at + 10).toString()}`,
        );
      };
      for (let at = 0; at < bytes.length; at++) for (const bit of [1, 32, 128]) change(at, bytes[at]! ^ bit);
      fc.assert(fc.property(fc.nat(bytes.length - 1), fc.nat(255), change), { numRuns: 3000 });
    }
  });

  it('does not hold cut off, longer, or with any field changed, gone or added', () => {
    const text = encodeReceipt(receipt).toString();
    fc.assert(
      fc.property(fc.nat(text.length - 3), (length) => refuses(Buffer.from(text.slice(0, length)))),
      { numRuns: 200 },
    );
    refuses(Buffer.from(`${text}x`));
    let fields = 0;
    const tryAll = (of: Record<string, unknown>): void => {
      for (const [key, value] of Object.entries(of)) {
        if (typeof value === 'object' && value !== null) tryAll(value as Record<string, unknown>);
        const others = [
          undefined,
          null,
          0,
          '',
          [],
          `${String(value)}x`,
          typeof value === 'number' ? value + 1 : 'a',
          'snapstage receipt 1',
        ];
        for (const other of others.filter((one) => one !== value && !(key === 'countersigned' && one === null))) {
          of[key] = other;
          refuses(Buffer.from(JSON.stringify(copy)));
          fields += 1;
        }
        of[key] = value;
      }
      if (Array.isArray(of)) return;
      refuses(Buffer.from(JSON.stringify({ ...copy, more: 1 })));
    };
    const copy = JSON.parse(text) as Record<string, unknown>;
    tryAll(copy);
    assert.ok(fields > 150, `only ${fields}`);
  });

  it('is not countersigned by who is no Master of its Space', () => {
    const [first, second] = room.masters;
    const other = new Class(1, {}, 'another');
    const chain = offices(room, first, third);
    const forged: Receipt[] = [
      signedBy(ada, []),
      signedBy(ada, offices(room, first)),
      signedBy(other.masters[0], offices(other, other.masters[0])),
      signedBy(room.world.root, []),
      signedBy(first, []),
      signedBy(first, offices(room, second)),
      signedBy(third, chain.slice(1)),
      signedBy(third, chain.toReversed()),
      signedBy(third, [...chain, ...chain]),
      signedBy(third, offices(room, third, first)),
      signedBy(second, [...offices(room, first), ...offices(room, second)]),
    ];
    for (const one of forged) refuses(encodeReceipt(one));
    // Signed for another hand-in.
    const statement = { ...receipt.statement, tree: 'a'.repeat(64) };
    const signature = signStatement(statement, signer(ada)).toString('base64url');
    refuses(encodeReceipt({ ...receipt, statement, signature }));
  });

  it('of a newer format asks for a newer program; what is none is told', () => {
    const newer = { ...receipt, statement: { ...receipt.statement, format: 'snapstage receipt 2', more: 1 } };
    refuses(Buffer.from(JSON.stringify(newer)), 'newer-format');
    for (const bytes of ['', '{}', '[]', 'null', '{"statement":{"format":"snapstage receipt x"}}', '[['.repeat(50_000), '\u0000']) {
      refuses(Buffer.from(bytes));
    }
    refuses(Buffer.alloc(MAX_RECEIPT + 1, ' '));
  });

  it('is checked as a file, with no instance; what is no file of a receipt is told at once', async () => {
    const folder = bench.folder();
    const engine = bench.engine(folder);
    const verifyReceipt = (request: { readonly from: string }): Promise<ReceiptInfo> => engine.verifyReceipt(request);
    const file = path.join(folder, 'receipt.json');
    fs.writeFileSync(file, encodeReceipt(receipt));
    const info = await verifyReceipt({ from: file });
    assert.deepEqual([info.title, info.code, info.name], [TITLE, receiptCode(receipt.statement), 'Member 0']);
    assert.deepEqual(fs.readdirSync(folder), ['receipt.json']);

    const huge = path.join(folder, 'huge.json');
    fs.writeFileSync(huge, '');
    fs.truncateSync(huge, 2 ** 40);
    await rejected(verifyReceipt({ from: huge }), 'damaged');
    await rejected(verifyReceipt({ from: folder }), 'damaged');
    await rejected(verifyReceipt({ from: path.join(folder, 'none.json') }), 'io');
    if (process.platform === 'win32') return;
    await rejected(verifyReceipt({ from: '/dev/zero' }), 'damaged');
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await rejected(verifyReceipt({ from: pipe }), 'damaged');
  });
});
