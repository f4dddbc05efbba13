/** The editor's side of the conflict view in a browser: the real one, over deliveries that lie in memory. */
import { parseFromPage } from '../../src/editor/conflicts/conflictPage.ts';
import { OpenConflicts } from '../../src/editor/conflicts/openConflicts.ts';
import { deliveriesOf } from './conflictScenes.ts';
import { delivery, type MemoryDeliveries } from './memoryDeliveries.ts';
import { connect, newStage, sceneAsked, sendToPage, type PageStage } from './pageStage.ts';

export interface ConflictStage extends PageStage {
  readonly deliveries: MemoryDeliveries;
  readonly page: OpenConflicts;
  agrees: boolean;
}

const deliveries = deliveriesOf(sceneAsked());
const common = newStage();
const { asked } = common;
const ask = (what: string): Promise<void> => Promise.resolve(void asked.push(what));

const page = new OpenConflicts({ folder: 'file:///course', delivery: delivery.id }, 'course', {
  api: deliveries,
  reporter: { logError: (error) => void asked.push(`logged ${String(error)}`), requireTrust: () => stage.isTrusted },
  send: sendToPage,
  actions: {
    compare: (_, { place }) => ask(`compare ${place}`),
    merge: ({ place }) => ask(`merge ${place}`),
    apply: async ({ counts, from }) => {
      await ask(`apply ${JSON.stringify(counts)}`);
      await deliveries.receive({ delivery: delivery.id, from });
      return true;
    },
    confirmTakeBack: async (count) => {
      await ask(`take back ${count}`);
      return stage.agrees;
    },
    close: () => void asked.push('close'),
  },
});
const stage: ConflictStage = Object.assign(common, { deliveries, page, agrees: true });
connect(stage, parseFromPage, (message) => page.answer(message));
