// The workbench of one picture: its heads and zones, the tools that change them, and saving.
import { api, Problem, type Comparison, type Picture, type Point, type Zone } from "./api";
import { atLeast, countInside, nearest } from "./geometry";
import { createHeads } from "./heads";
import { createHistory } from "./history";
import { notify } from "./ui";
import { createViewer, type Pointer, type Scene } from "./viewer";

export type Tool = "select" | "add" | "erase" | "zone";
export type Layers = "heads" | "heat" | "both" | "none";
export type SaveState = "saved" | "waiting" | "saving" | "failed" | "conflict";

export type Bench = ReturnType<typeof createBench>;

/** A corner of a zone, by their numbers. */
export interface Corner {
  zone: number;
  at: number;
}

/** The slider's, of scores. */
export const ThresholdStep = 0.005;

const SaveDelay = 600, RetryDelay = 5000;

/** Everything of a picture that is counted; `changed` is called when something shown outside the canvas is another. */
export function createBench(first: Picture, stage: HTMLElement, changed: () => void) {
  const history = createHistory(), heads = createHeads(history);
  let picture = first, revision = first.revision;
  let candidates = new Float64Array(0), scores: number[] = [], lowest = 0;
  let threshold = first.threshold, previewing = false, asks = 0;
  let tool: Tool = "select", layers: Layers = "heads", selected = -1;
  let zones: Zone[] = [], draft: Point[] = [];
  let comparison: Comparison | null = null, radius = 8;
  let save: SaveState = "saved", message = "", headsDirty = false, zonesDirty = false, timer = 0;
  let drag: { index: number; from: Point; moved: boolean } | { corner: Corner; from: Zone[]; moved: boolean } | null = null;
  let corner: Corner | null = null;
  let closed = false, loaded = false, loading = 0, edits = 0;
  /** Before the heads are here, an edit would stand for all of them. */
  const isEditable = () => loaded && picture.state === "done";

  const scene: Scene = {
    xy: heads.xy, count: 0, selected: -1, zones, draft, showCorners: true, corner: null, comparison: null, showHeads: true, showHeatMap: false, crosshair: false,
  };
  const inside = ([x, y]: Point): Point => [
    Math.min(Math.max(x, 0), picture.width - 0.01),
    Math.min(Math.max(y, 0), picture.height - 0.01),
  ];
  const isInside = ([x, y]: Point) => x >= 0 && y >= 0 && x < picture.width && y < picture.height;

  function show() {
    scene.xy = previewing ? candidates : heads.xy;
    scene.count = previewing ? atLeast(scores, threshold) : heads.count;
    if (selected >= heads.count) selected = -1;
    scene.selected = previewing ? -1 : selected;
    scene.zones = zones.map(zone => ({ name: `${zone.name} · ${countInside(zone.points, scene.xy, scene.count)}`, points: zone.points }));
    if (corner && !zones[corner.zone]?.points[corner.at]) corner = null;
    scene.draft = draft;
    scene.showCorners = tool === "select";
    scene.corner = corner && zones[corner.zone].points[corner.at];
    scene.comparison = comparison;
    scene.showHeads = layers === "heads" || layers === "both";
    scene.showHeatMap = layers === "heat" || layers === "both";
    if (scene.showHeatMap) viewer.showHeatOf(picture);
    viewer.redraw();
    changed();
  }

  async function loadHeads() {
    const before = edits;
    const answer = await api.heads(picture.id);
    // Edited meanwhile: that stays, and its saving meets the other revision.
    if (closed || edits !== before) return;
    heads.load(answer.heads.map(inside));
    revision = answer.revision;
    selected = -1;
    headsDirty = false;
    viewer.fitMarks(heads.xy, heads.count);
  }

  async function load() {
    loading++;
    const [found, stored] = await Promise.all([api.candidates(picture.id), api.zones(picture.id), loadHeads()]).finally(() => loading--);
    if (closed) return;
    loaded = true;
    candidates = new Float64Array(2 * found.x.length);
    found.x.forEach((x, i) => candidates.set([x, found.y[i]], 2 * i));
    [scores, lowest, threshold] = [found.score, found.lowest, found.threshold];
    if (!zonesDirty) {
      zones = stored.map(({ name, points }) => ({ name, points }));
      history.forget("zones");
    }
    show();
  }

  // Saving: a moment after the last change, one call at a time, tried again until it is done.

  function dirty(what: "heads" | "zones") {
    edits++;
    if (what === "heads") headsDirty = true;
    else zonesDirty = true;
    if (what === "heads" && comparison) comparison = null;
    if (save !== "saving" && save !== "conflict") {
      save = "waiting";
      clearTimeout(timer);
      timer = window.setTimeout(store, SaveDelay);
    }
    show();
  }

  async function store() {
    clearTimeout(timer);
    if (save === "saving") return;
    if (!headsDirty && !zonesDirty) {
      if (save === "waiting") {
        [save, message] = ["saved", ""];
        changed();
      }
      return;
    }
    save = "saving";
    changed();
    const withHeads = headsDirty, withZones = zonesDirty;
    try {
      if (withZones) {
        zonesDirty = false;
        await api.putZones(picture.id, zones);
      }
      if (withHeads) {
        headsDirty = false;
        const answer = await api.putHeads(picture.id, revision, heads.points());
        revision = answer.revision;
        picture = { ...picture, revision, edited: true, count: answer.heads.length };
      }
      [save, message] = ["saved", ""];
      if (headsDirty || zonesDirty) {
        save = "waiting";
        timer = window.setTimeout(store, SaveDelay);
      }
    } catch (problem) {
      headsDirty ||= withHeads;
      zonesDirty ||= withZones;
      message = (problem as Error).message;
      save = problem instanceof Problem && problem.status === 409 ? "conflict" : "failed";
      if (closed) notify(`${picture.name} was not saved: ${message}`, true);
      else if (save === "failed") timer = window.setTimeout(store, RetryDelay);
    }
    if (!closed) show();
  }

  // Tools.

  function add(point: Point) {
    if (!isEditable() || !isInside(point)) return;
    corner = null;
    selected = heads.add(point);
    dirty("heads");
  }

  function remove(index: number) {
    if (index < 0 || !isEditable()) return;
    const at = heads.get(index);
    corner = null;
    heads.remove(index);
    // On to the neighbour, so that several can be taken out by keyboard.
    selected = tool === "select" && selected === index ? nearest(heads.xy, heads.count, ...at, Infinity) : -1;
    dirty("heads");
  }

  function moveSelected(dx: number, dy: number) {
    if (selected < 0 || !isEditable()) return;
    const from = heads.get(selected), to = inside([from[0] + dx, from[1] + dy]);
    heads.move(selected, from, to);
    if (!viewer.isVisible(to)) viewer.panTo(to);
    dirty("heads");
  }

  // Rows as text is read, so that every head comes once.
  function step(direction: 1 | -1) {
    if (heads.count === 0) return;
    corner = null;
    const row = Math.max(1, 40 / viewer.scale);
    const key = (i: number) => Math.floor(heads.xy[2 * i + 1] / row) * picture.width * 2 + heads.xy[2 * i];
    if (selected < 0) {
      selected = nearest(heads.xy, heads.count, ...viewer.center(), Infinity);
    } else {
      const here = key(selected);
      let next = -1, nextKey = 0, end = -1, endKey = 0;
      for (let i = 0; i < heads.count; i++) {
        const other = (key(i) - here || i - selected) * direction;
        if (other > 0 && (next < 0 || other < nextKey)) [next, nextKey] = [i, other];
        if (end < 0 || other < endKey) [end, endKey] = [i, other];
      }
      selected = next >= 0 ? next : end;
    }
    if (!viewer.isVisible(heads.get(selected))) viewer.panTo(heads.get(selected));
    show();
  }

  function addCorner(point: Point, reach: number) {
    const [start] = draft;
    if (draft.length >= 3 && Math.hypot(start[0] - point[0], start[1] - point[1]) <= reach) closeZone();
    else draft = [...draft, inside(point)];
    show();
  }

  function closeZone() {
    if (draft.length < 3 || !isEditable()) return;
    let number = zones.length + 1;
    while (zones.some(zone => zone.name === `Zone ${number}`)) number++;
    const points = draft;
    [draft, tool] = [[], "select"];
    changeZones([...zones, { name: `Zone ${number}`, points }]);
  }

  function changeZones(to: Zone[], from = zones) {
    if (!isEditable()) return;
    history.perform({ of: "zones", run: () => { zones = to; }, runBack: () => { zones = from; } });
    dirty("zones");
  }

  const withCorner = ({ zone, at }: Corner, point: Point) => zones.map((old, i) => (i !== zone ? old
    : { ...old, points: old.points.map((other, j) => (j === at ? inside(point) : other)) }));

  function moveCorner(dx: number, dy: number) {
    if (!corner) return;
    const [x, y] = zones[corner.zone].points[corner.at], to = inside([x + dx, y + dy]);
    if (!viewer.isVisible(to)) viewer.panTo(to);
    changeZones(withCorner(corner, to));
  }

  function stepCorner(direction: 1 | -1) {
    const corners = zones.flatMap(({ points }, zone) => points.map((_, at): Corner => ({ zone, at })));
    if (corners.length === 0) return;
    const here = corners.findIndex(({ zone, at }) => zone === corner?.zone && at === corner.at);
    corner = here < 0 ? corners[direction > 0 ? 0 : corners.length - 1] : corners[(here + direction + corners.length) % corners.length];
    [tool, draft, selected] = ["select", [], -1];
    const point = zones[corner.zone].points[corner.at];
    if (!viewer.isVisible(point)) viewer.panTo(point);
    show();
  }

  /** What lies under a pointer: of a head and a corner the nearer one, but in a dense crowd the corner. */
  function under(point: Point, reach: number, grip: number): { index: number; corner: Corner | null } {
    const index = scene.showHeads && !previewing && !comparison ? nearest(heads.xy, heads.count, ...point, reach) : -1;
    if (tool !== "select") return { index, corner: null };
    const distance = ([x, y]: Point) => Math.hypot(x - point[0], y - point[1]);
    let best = index < 0 || (viewer.isDense && index !== selected) ? grip : Math.min(grip, distance(heads.get(index))), found: Corner | null = null;
    zones.forEach(({ points }, zone) => points.forEach((other, at) => {
      if (distance(other) <= best) [best, found] = [distance(other), { zone, at }];
    }));
    return { index, corner: found };
  }

  const pointer: Pointer = {
    press(point, reach, grip) {
      if (tool === "erase" || tool === "zone" || !isEditable()) return false;
      const { index, corner: taken } = under(point, reach, grip);
      if (taken) drag = { corner: taken, from: zones, moved: false };
      else drag = index < 0 || (viewer.isDense && index !== selected) ? null : { index, from: heads.get(index), moved: false };
      return drag !== null;
    },
    drag(point) {
      if (!drag) return;
      drag.moved = true;
      if ("corner" in drag) {
        [corner, selected] = [drag.corner, -1];
        zones = withCorner(corner, point);
        return show();
      }
      [corner, selected] = [null, drag.index];
      heads.place(drag.index, inside(point));
      [scene.selected, scene.corner] = [selected, null];
      viewer.redraw();
    },
    release() {
      const moved = drag?.moved ? drag : null;
      drag = null;
      if (!moved) return;
      if ("corner" in moved) return changeZones(zones, moved.from);
      heads.move(moved.index, moved.from, heads.get(moved.index));
      dirty("heads");
    },
    tap(point, reach, grip) {
      if (tool === "zone") return addCorner(point, reach);
      const { index, corner: taken } = under(point, reach, grip);
      if (taken) {
        [corner, selected] = [taken, -1];
        return show();
      }
      if (previewing || comparison || !scene.showHeads) return;
      if (tool === "erase") return remove(index);
      if (tool === "add" && index < 0) return add(point);
      [corner, selected] = [null, index];
      show();
    },
    doubleTap(point, reach, grip) {
      if (tool === "zone") return closeZone(), show();
      if (tool === "select" && !under(point, reach, grip).corner && !previewing && !comparison && scene.showHeads && nearest(heads.xy, heads.count, ...point, reach) < 0) add(point);
    },
  };

  const viewer = createViewer(stage, first, scene, pointer);

  return {
    viewer,
    get picture() { return picture; },
    get count() { return scene.count; },
    get tool() { return tool; },
    get layers() { return layers; },
    get selected() { return selected; },
    get selectedAt() { return heads.get(selected); },
    get threshold() { return threshold; },
    get lowest() { return lowest; },
    get zones() { return zones.map(zone => ({ ...zone, count: countInside(zone.points, scene.xy, scene.count) })); },
    get corners() { return draft.length; },
    get comparison() { return comparison; },
    get radius() { return radius; },
    get save() { return save; },
    get message() { return message; },
    get edited() { return picture.edited || headsDirty; },
    get canUndo() { return draft.length > 0 || history.canUndo; },
    get canRedo() { return history.canRedo; },
    get unsaved() { return headsDirty || zonesDirty || save === "saving"; },
    load,
    store,
    step,
    remove,
    moveSelected,
    closeZone,
    /** The corner of a zone that arrow keys move. */
    get corner() { return corner && { name: zones[corner.zone].name, number: corner.at + 1, at: zones[corner.zone].points[corner.at] }; },
    stepCorner,
    moveCorner,
    addCorner: () => addCorner(viewer.center(), 8 / viewer.scale),
    addAtCenter: () => add(viewer.center()),
    setTool(next: Tool) {
      [tool, draft, comparison] = [next, [], null];
      if (next !== "select") [corner, selected] = [null, -1];
      if (next !== "zone" && !scene.showHeads) layers = layers === "heat" ? "both" : "heads";
      show();
    },
    setLayers(next: Layers) {
      layers = next;
      show();
    },
    setCrosshair(on: boolean) {
      scene.crosshair = on;
      viewer.redraw();
    },
    deselect() {
      [corner, selected, draft] = [null, -1, []];
      show();
    },
    undo() {
      // Of a zone that is being drawn, its last corner.
      if (draft.length) {
        draft = draft.slice(0, -1);
        return show();
      }
      const what = isEditable() && history.undo();
      if (what) dirty(what);
    },
    redo() {
      const what = isEditable() && history.redo();
      if (what) dirty(what);
    },
    /** Shows at once what another threshold would give; nothing is stored. */
    preview(value: number) {
      // Dragged back to where it was, the slider tells no change.
      [threshold, previewing, comparison] = [value, Math.abs(value - picture.threshold) > ThresholdStep / 2, null];
      show();
    },
    /** Stores the threshold; null: the model's own. The exact heads come from the server, which also joins tiles anew. */
    async setThreshold(value: number | null) {
      const ask = ++asks;
      try {
        const answer = await api.setThreshold(picture.id, value);
        // Of quick steps of the slider only the last one counts.
        if (ask !== asks) return;
        picture = answer;
        await loadHeads();
      } finally {
        if (ask === asks) {
          [threshold, previewing] = [picture.threshold, false];
          show();
        }
      }
    },
    /** The ground truth in the place of all heads: an edit like any other, that can be taken back. */
    async takeTruth() {
      await store();
      const answer = await api.takeTruth(picture.id);
      heads.replace(answer.heads.map(inside));
      edits++;
      revision = answer.revision;
      picture = { ...picture, revision, edited: true, count: answer.heads.length };
      [selected, comparison, previewing] = [-1, null, false];
      viewer.fitMarks(heads.xy, heads.count);
      show();
    },
    async revert() {
      await api.revertHeads(picture.id);
      picture = await api.picture(picture.id);
      await loadHeads();
      [save, previewing, comparison] = ["saved", false, null];
      show();
    },
    /** After a conflict: takes over what others stored. */
    async takeTheirs() {
      picture = await api.picture(picture.id);
      await load();
      [save, message] = ["saved", ""];
      show();
    },
    /** After a conflict: stores these heads over the others'. */
    async keepMine() {
      revision = (await api.heads(picture.id)).revision;
      save = "waiting";
      await store();
    },
    renameZone(index: number, name: string) {
      changeZones(zones.map((zone, i) => (i === index ? { ...zone, name } : zone)));
    },
    removeZone(index: number) {
      changeZones(zones.filter((_, i) => i !== index));
    },
    async compare(within: number | null) {
      if (within === null) {
        comparison = null;
      } else {
        if (headsDirty) await store();
        radius = within;
        [comparison, tool, selected] = [await api.compare(picture.id, within), "select", -1];
      }
      show();
    },
    /** News of this picture from the server, our own changes among them. */
    async heard(news: Picture) {
      // An answer can come after news that are younger than it.
      if (news.revision < picture.revision) return;
      const recounted = news.state === "done" && (picture.state !== "done" || news.model !== picture.model);
      if (save === "saving" || headsDirty || previewing) return;
      const foreign = news.revision > revision;
      picture = news;
      if (recounted || (news.state === "done" && !loaded && loading === 0)) await load();
      else if (foreign && news.state === "done") {
        threshold = news.threshold;
        await loadHeads();
        show();
      } else changed();
    },
    close() {
      closed = true;
      void store();
      viewer.destroy();
    },
  };
}
