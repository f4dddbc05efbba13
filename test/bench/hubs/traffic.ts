/** What passes between an instance and its hub: requests, and bytes both ways. */
import { once } from 'node:events';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { makeDataset } from '../dataset.ts';
import { Course, hear, receiveAll, stageOnly, withEngine } from '../space/course.ts';
import { makeTexts } from '../space/content.ts';
import type { Servers } from './servers.ts';
import { s3Place } from './tools.ts';

export interface Traffic {
  readonly hub: 'git' | 's3';
  readonly step: string;
  readonly requests: number;
  /** Bytes of bodies. */
  readonly up: number;
  readonly down: number;
  readonly seconds: number;
}

/** Passes requests on to a server, and counts. */
class Tap implements AsyncDisposable {
  requests = 0;
  up = 0;
  down = 0;
  private readonly server: http.Server;

  private constructor(server: http.Server) {
    this.server = server;
  }

  static async before(address: string): Promise<Tap> {
    const { hostname, port } = new URL(address);
    const server = http.createServer();
    const tap = new Tap(server);
    server.on('request', (request, response) => {
      tap.requests += 1;
      const { method, url, headers } = request;
      const onward = http.request({ hostname, port, method, path: url, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on('data', (part: Buffer) => (tap.down += part.length)).pipe(response);
      });
      onward.on('error', () => response.destroy());
      request.on('data', (part: Buffer) => (tap.up += part.length)).pipe(onward);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return tap;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

const DEADLINE = '2100-01-01T00:00:00Z';

/** A course of one member over such a hub: polls, a change in what was handed out, hand-ins. `bytes`: of the workspaces. */
export async function measureTraffic(hub: 'git' | 's3', servers: Servers, scratch: string, bytes: number): Promise<readonly Traffic[]> {
  await using tap = await Tap.before(hub === 'git' ? servers.git : servers.s3);
  Object.assign(process.env, servers.env, { AWS_ENDPOINT_URL_S3: tap.address });
  const place = hub === 'git' ? `git+${tap.address}/${servers.repository()}` : s3Place(servers, await servers.bucket(), tap.address);
  const course = new Course(join(scratch, `traffic-${hub}`), 1, place);
  const [master, member] = [course.master, course.members[0]!];
  const found: Traffic[] = [];
  const measured = async (step: string, run: () => Promise<unknown>): Promise<void> => {
    Object.assign(tap, { requests: 0, up: 0, down: 0 });
    const began = performance.now();
    await run();
    const { requests, up, down } = tap;
    found.push({ hub, step, requests, up, down, seconds: (performance.now() - began) / 1000 });
  };
  await course.found();
  await course.join(await course.invite());
  makeTexts(join(master.folder, 'data', 'texts'), bytes / 2);
  makeDataset(join(master.folder, 'data', 'tables'), Math.floor(bytes / 6));
  const handOut = (): Promise<unknown> =>
    withEngine(master, async (engine) => {
      await hear(engine);
      await stageOnly(engine, ['data']);
      await engine.distribute({});
    });
  const receive = (): Promise<unknown> => withEngine(member, (engine) => receiveAll(engine, 1));
  await measured('hand out all', handOut);
  await measured('receive all', receive);
  appendFileSync(join(master.folder, 'data', 'texts', 'week-0', 'task-0.md'), 'one line more\n');
  await measured('hand out one changed file', handOut);
  await measured('receive one changed file', receive);
  const id = await withEngine(master, async (engine) => {
    mkdirSync(join(master.folder, 'hw1'));
    writeFileSync(join(master.folder, 'hw1', 'task.md'), 'task\n');
    return (await engine.createAssignment({ title: 'Homework', deadline: DEADLINE, parts: [{ path: 'data', patterns: [] }] })).id;
  });
  await withEngine(member, hear);
  const handIn = (): Promise<unknown> => withEngine(member, (engine) => engine.handIn({ assignment: id }));
  await measured('hand in all', handIn);
  await measured('hand in the same again', handIn);
  appendFileSync(join(member.folder, 'data', 'texts', 'week-0', 'task-1.md'), 'one line more\n');
  await measured('hand in one changed file', handIn);
  await withEngine(member, async (engine) => {
    await hear(engine);
    await engine.space({ sync: true, isPolled: true });
    await measured('poll, nothing new', () => engine.space({ sync: true, isPolled: true }));
  });
  return found;
}
