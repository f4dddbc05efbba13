/** Hand-ins that are alike, to look at. */
import type { AssignmentDetails, SimilarityReport, SimilarMatches, SimilarPair, SimilarSide } from '../../src/engine/assignmentApi.ts';
import { handIn, small as dashboard, standing } from './dashboardScenes.ts';

const names = ['Ada Lovelace', 'Bob', 'Carla', 'Dora', 'Emil'] as const;

/** Of Emil nothing is collected yet. */
export const assignment: AssignmentDetails = {
  ...dashboard,
  title: 'HW 1',
  standings: names.map((name) => standing(name, 'handed-in', [handIn(`h-${name}`, { isHere: name !== 'Emil' })])),
};

function side(name: string, part: number, lines: number): SimilarSide {
  return { handIn: `h-${name}`, member: { id: name, name }, part, lines };
}

const alike = (path: string, other: string, from: number, to: number, by: number): SimilarMatches['regions'][number] => ({
  one: { path, fromLine: from, toLine: to },
  other: { path: other, fromLine: from + by, toLine: to + by },
});

/** What Bob's and Ada's have in common, Bob's first. */
export const matches: SimilarMatches = {
  regions: [
    alike('hw1/solution.py', 'hw1/loesung.py', 3, 20, 2),
    alike('hw1/solution.py', 'hw1/loesung.py', 31, 31, 40),
    alike('hw1/tools.py', 'hw1/tools.py', 1, 6, 0),
  ],
  contents: [{ one: 'hw1/data.db', other: 'hw1/data.db', shared: 12 }],
};

const sameFiles = [{ one: 'hw1/plot.png', other: 'hw1/figure.png' }];

/** Bob's comes second, as the engine may put them. */
const adaAndBob: SimilarPair = {
  one: side('Ada Lovelace', 0.4, 25),
  other: side('Bob', 0.93, 25),
  shared: 80,
  sameFiles: sameFiles.map(({ one, other }) => ({ one: other, other: one })),
  passages: 3,
  largest: 18,
  files: 4,
  mainFiles: { one: 'hw1/loesung.py', other: 'hw1/solution.py' },
};

const carlaAndDora: SimilarPair = {
  one: side('Carla', 0.5, 12),
  other: side('Dora', 0.2, 14),
  shared: 9,
  sameFiles: [],
  passages: 1,
  largest: 14,
  files: 1,
  mainFiles: { one: 'hw1/main.py', other: 'hw1/main.py' },
};

const bobAndCarla: SimilarPair = {
  one: side('Bob', 0.08, 0),
  other: side('Carla', 0.11, 0),
  shared: 1,
  sameFiles: [{ one: 'hw1/plot.png', other: 'hw1/plot.png' }],
  passages: 0,
  largest: 0,
  files: 1,
  mainFiles: { one: 'hw1/plot.png', other: 'hw1/plot.png' },
};

const small: SimilarityReport = {
  assignment: 'hw1',
  compared: 4,
  notHere: ['h-Emil'],
  found: 3,
  pairs: [adaAndBob, carlaAndDora, bobAndCarla],
};

/** As many as are told at most, of more. */
const many: SimilarityReport = {
  assignment: 'hw1',
  compared: 60,
  notHere: [],
  found: 1234,
  pairs: Array.from({ length: 200 }, (_, at) => ({
    ...carlaAndDora,
    one: side(`Member ${at}`, 1 - at / 200, 12),
    other: side(`Member ${at + 1}`, 0, 12),
  })),
};

export const scenes: Readonly<Record<string, SimilarityReport>> = {
  small,
  many,
  none: { assignment: 'hw1', compared: 0, notHere: ['h-Ada', 'h-Bob'], found: 0, pairs: [] },
  anonymous: {
    ...small,
    pairs: [
      {
        ...adaAndBob,
        one: { ...adaAndBob.one, member: { id: 'abad1dea'.repeat(4), name: 'Grey Heron' } },
        other: { ...adaAndBob.other, member: { id: 'c0ffee00'.repeat(4), name: null } },
      },
    ],
  },
};
