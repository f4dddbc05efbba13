import { noLook, parseFromPage, parsePageState } from '../../../src/editor/preview/previewPage.ts';
import { messagesOf } from '../../support/pageMessages.ts';

const place = { row: 'a', column: '["x",null]' };
const state = { folder: 'file:///a', to: 'all', strategy: 'ask', exceptions: [], message: null };
const exception = { target: 'a', path: 'x', strategy: 'skip' };

messagesOf(
  'the preview matrix',
  {
    parseFromPage,
    good: [
      { type: 'ready', look: noLook },
      { type: 'look', look: { find: 'a', isInterestingOnly: true, sort: 'state' } },
      { type: 'again' },
      { type: 'to' },
      { type: 'distribute' },
      { type: 'details', place },
      { type: 'details', place: { row: null, column: 'x' } },
      { type: 'action', place, action: 'compare' },
      { type: 'strategy', column: null, strategy: 'mirror' },
      { type: 'strategy', column: 'x', strategy: '' },
      { type: 'exception', row: 'a', column: 'x', strategy: 'skip' },
      { type: 'exception', row: 'a', column: 'x', strategy: '' },
    ],
    bad: [
      { type: 'ready' },
      { type: 'look', look: { find: 'a', isInterestingOnly: 1, sort: 'state' } },
      { type: 'look', look: { find: 'a', isInterestingOnly: true, sort: 'toString' } },
      { type: 'details', place: { row: null, column: null } },
      { type: 'details', place: { row: 1, column: 'x' } },
      { type: 'details' },
      { type: 'action', place, action: 'delete' },
      { type: 'strategy', column: null, strategy: 'burn' },
      { type: 'strategy', strategy: 'ask' },
      { type: 'exception', row: 'a', column: 'x', strategy: 'mirror' },
      { type: 'exception', row: null, column: 'x', strategy: 'skip' },
      { type: 'exception', row: 'a', strategy: 'skip' },
    ],
  },
  {
    parsePageState,
    state,
    none: [
      { ...state, to: 'some' },
      { ...state, to: [1] },
      { ...state, strategy: '' },
      { ...state, message: 1 },
      { ...state, exceptions: undefined },
      { ...state, exceptions: [{ ...exception, strategy: 'mirror' }] },
      { ...state, exceptions: [{ ...exception, table: null }] },
      { ...state, exceptions: [exception, 'x'] },
      { ...state, folder: null },
    ],
  },
);
messagesOf(
  'the preview matrix for some',
  { parseFromPage, good: [], bad: [] },
  {
    parsePageState,
    state: { ...state, to: ['group:g', 'a'], exceptions: [exception, { ...exception, table: 't' }], message: 'hi' },
    none: [],
  },
);
