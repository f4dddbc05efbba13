import { FolderHub } from '../../../src/space/hub/folderHub.ts';
import { nodeHost } from '../../../src/engine/nodeHost.ts';
import { Workbench } from '../../support/folders.ts';
import { hubContract } from '../../support/hubContract.ts';
import { FaultyHub, MemoryHub } from '../../support/hubs.ts';

const bench = new Workbench();

async function newHub(): Promise<FolderHub> {
  const hub = new FolderHub(bench.place(), nodeHost());
  await hub.make();
  return hub;
}

describe('hubs', () => {
  afterEach(() => bench.clear());

  hubContract('FolderHub', newHub, (hub) => new FolderHub(hub.place, nodeHost()));
  hubContract(
    'MemoryHub',
    async () => new MemoryHub(),
    (hub) => hub,
  );
  hubContract(
    'FaultyHub',
    async () => new FaultyHub(new MemoryHub(), {}),
    (hub) => hub,
  );
});
