/** A git server over http in a process of its own, until its standard input ends: `node gitServer.ts FOLDER`. Prints its port. */
import { GitServer } from '../../support/gitServer.ts';

const [root] = process.argv.slice(2);
const server = await GitServer.over({ root: root!, settings: ['uploadpack.allowFilter=true', 'uploadpack.allowAnySHA1InWant=true'] });
process.stdout.write(`${server.port}\n`);
process.stdin.on('end', () => void server[Symbol.asyncDispose]()).resume();
