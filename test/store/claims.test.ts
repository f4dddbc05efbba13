import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Claims } from '../../src/store/claims.ts';

const SOURCE = `
import { parentPort, workerData } from 'node:worker_threads';
import { createHash } from 'node:crypto';
const { Claims } = await import(workerData.module);
const claims = new Claims(workerData.buffer);
Atomics.add(workerData.gate, 0, 1);
while (Atomics.load(workerData.gate, 0) < workerData.threads);
const won = [];
for (let i = 0; i < workerData.ids; i++) if (claims.claim(createHash('sha256').update(String(i)).digest())) won.push(i);
parentPort.postMessage(won);
`;

describe('claims', () => {
  it('are given once for each id', () => {
    const claims = Claims.forObjects(1000);
    const ids = Array.from({ length: 1000 }, () => randomBytes(32));
    assert.ok(ids.every((id) => claims.claim(id)));
    assert.ok(ids.every((id) => !claims.claim(id)));
    assert.ok(ids.every((id) => !new Claims(claims.buffer).claim(id)));
  });

  it('tell ids apart that differ in one byte, whichever it is', () => {
    for (let at = 0; at < 32; at++) {
      const claims = Claims.forObjects(10);
      const id = createHash('sha256').update(String(at)).digest();
      const other = Buffer.from(id);
      other[at]! ^= 0x80;
      assert.ok(claims.claim(id));
      assert.ok(claims.claim(other), `byte ${at}`);
    }
  });

  it('of a full table never lose an object', () => {
    const claims = Claims.forObjects(1);
    for (let i = 0; i < 5000; i++) assert.ok(claims.claim(createHash('sha256').update(`full ${i}`).digest()));
  });

  it('are given to exactly one of several threads', async () => {
    const threads = 4;
    const ids = 5000;
    const claims = Claims.forObjects(ids);
    const gate = new Int32Array(new SharedArrayBuffer(4));
    const module = new URL('../../src/store/claims.ts', import.meta.url).href;
    const url = new URL(`data:text/javascript,${encodeURIComponent(SOURCE)}`);
    const workers = Array.from(
      { length: threads },
      () => new Worker(url, { workerData: { module, buffer: claims.buffer, gate, threads, ids } }),
    );
    const won = (await Promise.all(workers.map((worker) => once(worker, 'message')))).map(([list]) => list as number[]);
    assert.deepEqual(
      won.flat().toSorted((a, b) => a - b),
      Array.from({ length: ids }, (_, i) => i),
    );
  });
});
