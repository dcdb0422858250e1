// The heads of one picture, as they are edited: every change is a step that can be taken back.
import { interleave } from "./geometry";
import type { History } from "./history";
import type { Point } from "./api";

interface Change {
  kind: "add" | "remove" | "move";
  index: number;
  from: Point;
  to: Point;
}

export type Heads = ReturnType<typeof createHeads>;

export function createHeads(history: History) {
  let xy: Float64Array = new Float64Array(0), count = 0;

  const get = (i: number): Point => [xy[2 * i], xy[2 * i + 1]];
  const put = (i: number, [x, y]: Point) => {
    xy[2 * i] = x;
    xy[2 * i + 1] = y;
  };

  function insert(point: Point, index: number) {
    if (2 * count === xy.length) {
      const larger = new Float64Array(Math.max(64, 2 * xy.length));
      larger.set(xy);
      xy = larger;
    }
    // The mirror of take: the head that lies there goes to the end.
    if (index < count) put(count, get(index));
    put(index, point);
    count++;
  }

  // The last head fills the gap, so nothing else moves.
  function take(index: number) {
    count--;
    if (index < count) put(index, get(count));
  }

  function run({ kind, index, to }: Change) {
    if (kind === "add") insert(to, index);
    else if (kind === "remove") take(index);
    else put(index, to);
  }

  function runBack({ kind, index, from }: Change) {
    if (kind === "add") take(index);
    else if (kind === "remove") insert(from, index);
    else put(index, from);
  }

  const perform = (change: Change) => history.perform({ of: "heads", run: () => run(change), runBack: () => runBack(change) });

  return {
    get xy() { return xy; },
    get count() { return count; },
    get,
    load(points: readonly Point[]) {
      [xy, count] = [interleave(points), points.length];
      history.forget("heads");
    },
    points: (): Point[] => Array.from({ length: count }, (_, i) => get(i)),
    /** Returns the new head's index. */
    add(point: Point): number {
      perform({ kind: "add", index: count, from: point, to: point });
      return count - 1;
    },
    remove: (index: number) => perform({ kind: "remove", index, from: get(index), to: get(index) }),
    move: (index: number, from: Point, to: Point) => perform({ kind: "move", index, from, to }),
    /** Others in the place of all. */
    replace(points: readonly Point[]) {
      const before = [xy.slice(0, 2 * count), count] as const, after = [interleave(points), points.length] as const;
      // Copies: what is edited later must not change what was before.
      const set = ([from, n]: readonly [Float64Array, number]) => { [xy, count] = [from.slice(), n]; };
      history.perform({ of: "heads", run: () => set(after), runBack: () => set(before) });
    },
    /** Shows a head elsewhere while it is dragged, which is no step yet. */
    place: put,
  };
}
