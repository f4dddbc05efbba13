import assert from 'node:assert/strict';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SnapstageError } from '../../../src/base/errors.ts';
import { Work } from '../../../src/base/work.ts';
import { RepositoryHub } from '../../../src/space/hub/git/repositoryHub.ts';
import { createAll } from '../../../src/space/hub/hub.ts';
import { BadProxy, type Mischief } from '../../support/badProxy.ts';
import { rejected, seededBytes, seededRandom, Workbench } from '../../support/folders.ts';
import { git, newPathHub, optionsFor } from '../../support/gitHubs.ts';
import { GitServer } from '../../support/gitServer.ts';
import { racing, startWriter } from '../../support/hubWriters.ts';

describe('hubs in git repositories that have it hard', function () {
  this.timeout(600_000);
  const bench = new Workbench();
  afterEach(() => bench.clear());

  it('lose nothing of 16 processes that write to one area at once', async () => {
    const { hub, options, repository } = await newPathHub(bench);
    const caches = [options.cache, bench.place()];
    await racing((folder, name, count, i) => startWriter([hub.place, caches[i % 2]!, folder, name, count]), hub);
    git(repository, 'fsck', '--strict');
  });

  it('keep what they said they have of writers that are killed, whole, and let the next one in', async () => {
    const { hub, options, repository } = await newPathHub(bench);
    const random = seededRandom(11);
    const said = new Set<string>();
    let cut = 0;
    for (let i = 0; i < 12; i++) {
      const one = startWriter([hub.place, options.cache, 'logs/a1', `w${i}`, '50']);
      await one.begun;
      await sleep(30 + random() * 400);
      one.kill();
      if ((await one.ended) === null) cut += 1;
      for (const name of one.made) said.add(name);
      // What git had begun by itself may still be done.
      assert.equal(await hub.create(`logs/a1/after-${i}`, Buffer.from('next')), true);
      said.add(`logs/a1/after-${i}`);
      const there = new Set((await hub.list('logs/a1')).files.map(({ name }) => `logs/a1/${name}`));
      for (const name of said) assert.ok(there.has(name), `${name} is gone`);
    }
    assert.equal(cut, 12, 'some were not killed in time');
    const fresh = new RepositoryHub({ ...options, cache: bench.place() });
    for (const { name } of (await fresh.list('logs/a1')).files) {
      const content = (await fresh.read(`logs/a1/${name}`, 1000))!.toString();
      if (name.startsWith('shared')) assert.match(content, /^w\d+$/);
      else assert.equal(content, name.startsWith('after') ? 'next' : `logs/a1/${name}`.repeat(20));
    }
    git(repository, 'fsck', '--strict');
  });

  for (const [what, mischief] of [
    ['cuts what the server says', (at) => ({ cutAnswerAt: at })],
    ['cuts what is sent', (at) => ({ cutRequestAt: at })],
    ['corrupts what the server says', (at) => ({ corruptAnswerAt: at })],
  ] satisfies [string, (at: number) => Mischief][]) {
    it(`over a network that ${what} do a thing whole, or say why not`, async () => {
      const { hub: direct, repository } = await newPathHub(bench);
      await using server = await GitServer.over({ root: path.dirname(repository), settings: ['uploadpack.allowFilter=true'] });
      await using proxy = await BadProxy.before(server.port);
      const random = seededRandom(what.length);
      const tally = { made: 0, failed: 0, wrong: 0 };
      for (let i = 0; i < 16; i++) {
        const hub = new RepositoryHub(optionsFor(bench, `http://127.0.0.1:${proxy.port}/hub.git`, { patience: 2000 }));
        const content = seededBytes(i, i % 3 === 0 ? 60_000 : 700);
        const name = `logs/a1/${i}`;
        const [first, kinds] = [proxy.count, 1 + Math.floor(random() * 3)];
        proxy.mischief = (count) => (count - first < kinds ? mischief(Math.floor(random() ** 2 * 3000)) : {});
        const faulty = async <T>(act: () => Promise<T>): Promise<T | undefined> => {
          try {
            return await act();
          } catch (error) {
            assert.ok(error instanceof SnapstageError && ['io', 'damaged'].includes(error.code), String(error));
            if (error.code === 'io') assert.ok(['hub-unreachable', undefined].includes(error.details['reason'] as string), error.message);
            tally.failed += 1;
            return undefined;
          }
        };
        // Every other time two of them together: both are there then, or none.
        const names = i % 2 === 0 ? [name] : [name, `${name}-too`];
        const made = await faulty(() =>
          createAll(
            hub,
            names.map((one) => ({ name: one, content })),
          ),
        );
        assert.ok(new Set(made).size <= 1);
        if (made?.[0] === true) tally.made += 1;
        if (made?.[0] === false) tally.wrong += 1;
        const listed = (await direct.list('logs/a1')).files.map((file) => `logs/a1/${file.name}`);
        const there = names.filter((one) => listed.includes(one));
        assert.ok(there.length === names.length || (there.length === 0 && made?.[0] !== true), `${there.join()} of ${names.join()}`);
        const got = await faulty(() => hub.read(name, content.length));
        if (got !== undefined) assert.ok(got.equals(content));
        proxy.mischief = () => ({});
        for (const one of names) await hub.create(one, content);
        const parts: Buffer[] = [];
        assert.equal(
          await hub.fetch(name, { append: (part) => parts.push(Buffer.from(part)) }, content.length, new Work()),
          content.length,
        );
        assert.ok(Buffer.concat(parts).equals(content));
      }
      assert.equal(tally.wrong, 0, 'what nobody else made was said to be another’s');
      // Where trying again was enough, nothing failed. How many connections there are differs with the time that things take.
      assert.ok(proxy.harmed >= 8 && tally.made > 0, `${proxy.harmed} harmed, ${JSON.stringify(tally)}`);
      assert.equal((await direct.list('logs/a1')).files.length, 16 + 8);
      git(repository, 'fsck', '--strict');
    });
  }

  it('over a network where one overtakes the other have one maker of each file, and nothing that was given up', async () => {
    const { hub: direct, repository } = await newPathHub(bench);
    await using server = await GitServer.over({ root: path.dirname(repository), settings: ['uploadpack.allowFilter=true'] });
    await using proxy = await BadProxy.before(server.port);
    const address = `http://127.0.0.1:${proxy.port}/hub.git`;
    const random = seededRandom(9);
    proxy.mischief = () => ({ delay: Math.floor(random() * 150) });
    const hubs = Array.from({ length: 4 }, () => new RepositoryHub(optionsFor(bench, address)));
    const made = await Promise.all(
      hubs.map(async (hub, who) => {
        const files = Array.from({ length: 3 }, (_, i) => ({ name: `logs/a1/${(who + i) % 3}`, content: Buffer.from(`${who}`) }));
        const isMade = await createAll(hub, files.slice(0, 2));
        isMade.push(await hub.create(files[2]!.name, files[2]!.content));
        return files.flatMap(({ name }, i) => (isMade[i] === true ? `${name} ${who}` : []));
      }),
    );
    const contents = (await direct.list('logs/a1')).files.map(
      async ({ name }) => `logs/a1/${name} ${(await direct.read(`logs/a1/${name}`, 9))!.toString()}`,
    );
    assert.deepEqual(made.flat().sort(), await Promise.all(contents));
    assert.equal(made.flat().length, 3);

    // What is sent of a push arrives when it was given up and done again, and others have gone on.
    const impatient = new RepositoryHub(optionsFor(bench, address, { patience: 2500 }));
    proxy.mischief = () => ({});
    await impatient.create('logs/b1/0', Buffer.from('x'));
    const first = proxy.count;
    proxy.mischief = (connection) => (connection === first ? { delay: 6000, delayFrom: 100 } : {});
    assert.equal(await impatient.create('logs/b1/1', Buffer.from('mine')), true);
    assert.equal(await direct.create('logs/b1/2', Buffer.from('theirs')), true);
    for (const end = Date.now() + 10_000; Date.now() < end && proxy.late === 0;) await sleep(50);
    assert.ok(proxy.late > 0, 'nothing came late');
    await sleep(500);
    const there = (await new RepositoryHub(optionsFor(bench, address)).list('logs/b1')).files.map(({ name }) => name);
    assert.deepEqual(there, ['0', '1', '2']);
    git(repository, 'fsck', '--strict');
  });

  it('are given up when they say nothing, and work when they are slow; waiting can be cancelled', async () => {
    const { repository } = await newPathHub(bench);
    await using server = await GitServer.over({ root: path.dirname(repository) });
    await using proxy = await BadProxy.before(server.port);
    const options = optionsFor(bench, `http://127.0.0.1:${proxy.port}/hub.git`, { patience: 1500 });
    const hub = new RepositoryHub(options);
    proxy.mischief = () => ({ silent: true });
    const error = await rejected(hub.create('logs/a1/1', Buffer.from('x')), 'io');
    assert.equal(error.details['reason'], 'hub-unreachable');
    assert.match(error.message, /does not answer/);
    const patient = new RepositoryHub({ ...options, patience: 60_000, cache: bench.place() });
    const work = new Work();
    setTimeout(() => work.cancel.cancel(), 300);
    const began = performance.now();
    await rejected(patient.create('logs/a1/1', Buffer.from('x'), work), 'cancelled');
    assert.ok(performance.now() - began < 5000);
    proxy.mischief = () => ({ delay: 100 });
    assert.equal(await hub.create('logs/a1/1', Buffer.from('x')), true);
    assert.equal((await patient.read('logs/a1/1', 1))?.toString(), 'x');
  });

  it('take an answer that was lost for what it was, and another’s file for another’s', async () => {
    const { hub: direct, repository } = await newPathHub(bench);
    await using server = await GitServer.over({ root: path.dirname(repository) });
    await using proxy = await BadProxy.before(server.port);
    const hub = new RepositoryHub(optionsFor(bench, `http://127.0.0.1:${proxy.port}/hub.git`));
    await hub.create('logs/a1/0', Buffer.from('x'));
    // The push of what is known is one connection: its first answer names the refs, and its second one is lost.
    let length = 0;
    for (let at = 100; at < 2000 && length === 0; at += 20) {
      const name = `logs/a1/${at}`;
      const first = proxy.count;
      proxy.mischief = (count) => (count === first ? { cutAnswerAt: at } : {});
      server.requests.length = 0;
      assert.equal(await hub.create(name, Buffer.from('mine')), true);
      const pushes = server.requests.filter((request) => request.startsWith('POST') && request.endsWith('receive-pack')).length;
      const looks = server.requests.filter((request) => request.startsWith('POST') && request.endsWith('upload-pack')).length;
      // Pushed once, then looked at: the answer was lost after it was done.
      if (pushes === 1 && looks > 0) length = at;
    }
    assert.ok(length > 0, 'no answer was lost');
    await direct.create('logs/a1/taken', Buffer.from('theirs'));
    proxy.mischief = () => ({});
    assert.equal(await hub.create('logs/a1/taken', Buffer.from('mine')), false);
  });
});
