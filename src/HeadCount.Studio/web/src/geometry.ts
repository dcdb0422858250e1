// Points are interleaved: x0, y0, x1, y1, …, in pixels of the upright picture.
import type { Point } from "./api";

export function interleave(points: readonly Point[]): Float64Array {
  const xy = new Float64Array(2 * points.length);
  points.forEach(([x, y], i) => xy.set([x, y], 2 * i));
  return xy;
}

/** How many of the scores, best first, reach the threshold. */
export function atLeast(scores: ArrayLike<number>, threshold: number): number {
  let low = 0, high = scores.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (scores[middle] >= threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Even-odd rule, half-open: of two zones that share an edge, a head on it belongs to one. */
export function contains(corners: readonly Point[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = corners.length - 1; i < corners.length; j = i++) {
    const [ax, ay] = corners[i], [bx, by] = corners[j];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

export function countInside(corners: readonly Point[], xy: Float64Array, count: number): number {
  let inside = 0;
  for (let i = 0; i < count; i++) if (contains(corners, xy[2 * i], xy[2 * i + 1])) inside++;
  return inside;
}

/** The point nearest to a place and no further than the reach; -1: none. */
export function nearest(xy: Float64Array, count: number, x: number, y: number, reach: number): number {
  let best = -1, bestSquare = reach * reach;
  for (let i = 0; i < count; i++) {
    const dx = xy[2 * i] - x, dy = xy[2 * i + 1] - y, square = dx * dx + dy * dy;
    if (square <= bestSquare) [best, bestSquare] = [i, square];
  }
  return best;
}

/** The median distance from a point to its nearest, of some 200 of the points; infinite for fewer than two. */
export function spacing(xy: Float64Array, count: number): number {
  if (count < 2) return Infinity;
  const step = Math.max(1, Math.floor(count / 200)), distances: number[] = [];
  for (let i = 0; i < count; i += step) {
    let best = Infinity;
    for (let j = 0; j < count; j++) {
      const dx = xy[2 * j] - xy[2 * i], dy = xy[2 * j + 1] - xy[2 * i + 1], square = dx * dx + dy * dy;
      if (square < best && j !== i) best = square;
    }
    distances.push(Math.sqrt(best));
  }
  return distances.sort((a, b) => a - b)[distances.length >> 1];
}
