/** Conflict markers of a merged text, as git and VS Code know them. */

const opening = /^<{7}( |$)/;
const closing = /^>{7}( |$)/;

/** How many conflicts are left in a text. A line of equals signs alone is none: it underlines a title in other places. */
export function markersIn(text: string): number {
  let [opened, closed] = [0, 0];
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (opening.test(line)) opened += 1;
    else if (closing.test(line)) closed += 1;
  }
  return Math.max(opened, closed);
}
