/** The editor's side of the page on how alike hand-ins are, in a browser: the real one, over a report that lies in memory. */
import { SnapstageError } from '../../src/base/errors.ts';
import type { CallOptions } from '../../src/base/progress.ts';
import type { AssignmentDetails, SimilarityReport } from '../../src/engine/assignmentApi.ts';
import { OpenSimilarity } from '../../src/editor/assignments/openSimilarity.ts';
import { parseFromPage } from '../../src/editor/assignments/similarityPage.ts';
import { connect, newStage, sceneAsked, sendToPage, type PageStage } from './pageStage.ts';
import { assignment, matches, scenes } from './similarityScenes.ts';

export interface SimilarityStage extends PageStage {
  readonly page: OpenSimilarity;
  assignment: AssignmentDetails;
  report: SimilarityReport;
  /** Why nothing can be compared. */
  failure: string | undefined;
  /** Of the panel. */
  title: string;
  /** Comparing takes until this is called. */
  end: (() => void) | undefined;
}

const common = newStage();
const { asked } = common;
const scene = sceneAsked();

const failing = (): void => {
  if (stage.failure !== undefined) throw new Error(stage.failure);
};

/** Half of it is done; the rest waits for the test, or for a cancellation. */
async function compared({ signal, onProgress }: CallOptions): Promise<void> {
  onProgress?.({ phase: 'read', files: 2, totalFiles: 4, bytes: 0 });
  await new Promise<void>((resolve, reject) => {
    stage.end = resolve;
    signal?.addEventListener('abort', () => reject(new SnapstageError('cancelled', 'Cancelled.')));
  });
}

const page = new OpenSimilarity(
  { folder: 'file:///course', assignment: 'hw1' },
  {
    api: {
      assignment: async () => stage.assignment,
      similarity: async (_, options = {}) => {
        asked.push('compare');
        if (scene === 'slow') await compared(options);
        failing();
        return stage.report;
      },
      similarMatches: async ({ one, other }) => {
        asked.push(`matches ${one} ${other}`);
        failing();
        return matches;
      },
    },
    named: (title) => {
      stage.title = title;
    },
    showBeside: async (_, { place, passage }) => void asked.push(`open ${place.one} ${place.other} ${passage}`),
    collect: async () => void asked.push('collect'),
    reporter: { logError: (error) => void asked.push(`logged ${String(error)}`), requireTrust: () => stage.isTrusted },
    isSeen: () => true,
    send: sendToPage,
  },
);
const stage: SimilarityStage = Object.assign(common, {
  page,
  assignment,
  report: scenes[scene] ?? scenes['small']!,
  failure: undefined,
  title: '',
  end: undefined,
});
connect(stage, parseFromPage, (message) => page.answer(message));
