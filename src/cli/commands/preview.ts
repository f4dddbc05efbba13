/** preview */
import { command } from '../args.ts';
import type { Command } from '../args.ts';
import { exitCodes } from '../exit.ts';
import { previewLines } from '../render/preview.ts';
import { handOutOptions, handOutRequest } from './handOut.ts';

export const preview: Command = command({
  name: 'preview',
  group: 'stage, space',
  summary: 'Show what handing out what is on the Stage would meet at each target, by what they last published',
  arguments: [],
  options: handOutOptions,
  async run({ options }, context) {
    const { engine, call, report } = context;
    const found = await engine.preview(handOutRequest(options, context, preview), call);
    await report.result(found, () =>
      previewLines(found, { formats: report.formats, table: (rows, columns) => report.table(rows, columns) }),
    );
    return exitCodes.done;
  },
});
