import { join, resolve } from 'node:path';

const project = resolve(import.meta.dirname, '..', '..');

/** The command line's program: as built, where the test command has just built it, which starts in half the time; otherwise its source. */
export const command = process.env['SNAPSTAGE_COMMAND'] ?? join(project, 'src', 'cli', 'main.ts');
