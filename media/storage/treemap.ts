export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** In the unit of the sides, squared: a thousandth of a pixel. */
const LEAST_AREA = 1e-3;

/**
 * Divides a rectangle into one for each weight, in the order of these: areas as weights, together all of it, none over another, and as
 * near to squares as can be had (squarified treemaps: Bruls, Huizing and van Wijk, 2000). What would be far too small to be seen has no area.
 */
export function treemap(weights: readonly number[], width: number, height: number): Rectangle[] {
  const all = weights.reduce((sum, weight) => sum + Math.max(0, weight), 0);
  const kept = [...weights.keys()].filter((index) => weights[index]! > 0 && (weights[index]! / all) * width * height >= LEAST_AREA);
  const rectangles = weights.map((): Rectangle => ({ x: 0, y: 0, width: 0, height: 0 }));
  const order = kept.toSorted((a, b) => weights[b]! - weights[a]!);
  const whole = kept.reduce((sum, index) => sum + weights[index]!, 0);
  const ordered = order.map((index) => (weights[index]! / whole) * width * height);
  let free: Rectangle = { x: 0, y: 0, width, height };
  for (let start = 0; start < order.length;) {
    const areas = ordered.slice(start);
    const count = rowLength(areas, Math.min(free.width, free.height));
    const row = areas.slice(0, count);
    const laid = layRow(row, free, start + count === order.length);
    for (const [at, rectangle] of laid.rectangles.entries()) rectangles[order[start + at]!] = rectangle;
    free = laid.free;
    start += count;
  }
  return rectangles;
}

/** How many of the areas make the row whose worst shape is the best, along a side of this length. */
function rowLength(areas: readonly number[], side: number): number {
  let sum = 0;
  let best = Number.POSITIVE_INFINITY;
  for (let count = 0; count < areas.length; count++) {
    sum += areas[count]!;
    // The largest comes first, the smallest last: one of these two has the worst shape.
    const worst = Math.max((side * side * areas[0]!) / (sum * sum), (sum * sum) / (side * side * areas[count]!));
    if (worst > best) return count;
    best = worst;
  }
  return areas.length;
}

/** Lays a row along the shorter side; the last one takes all that is left, so that no sliver stays. */
function layRow(areas: readonly number[], free: Rectangle, isLast: boolean): { rectangles: Rectangle[]; free: Rectangle } {
  const sum = areas.reduce((all, area) => all + area, 0);
  const { x, y, width, height } = free;
  const isUpright = width >= height;
  const side = isUpright ? height : width;
  const depth = isLast ? Math.max(width, height) : sum / side;
  let at = 0;
  const rectangles = areas.map((area): Rectangle => {
    const length = (area / sum) * side;
    const rectangle = isUpright ? { x, y: y + at, width: depth, height: length } : { x: x + at, y, width: length, height: depth };
    at += length;
    return rectangle;
  });
  const left = isUpright ? { x: x + depth, y, width: width - depth, height } : { x, y: y + depth, width, height: height - depth };
  return { rectangles, free: left };
}
