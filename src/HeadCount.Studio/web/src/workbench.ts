// The workbench of one picture: its heads and zones, the tools that change them, and saving.
import { api, Problem, type Comparison, type Picture, type Point, type Zone } from "./api";
import { atLeast, countInside, nearest } from "./geometry";
import { createHeads } from "./heads";
import { createViewer, type Pointer, type Scene } from "./viewer";

export type Tool = "select" | "add" | "erase" | "zone";
export type Layers = "heads" | "heat" | "both" | "none";
export type SaveState = "saved" | "waiting" | "saving" | "failed" | "conflict";

export type Bench = ReturnType<typeof createBench>;

const SaveDelay = 600, RetryDelay = 5000;

/** Everything of a picture that is counted; `changed` is called when something shown outside the canvas is another. */
export function createBench(first: Picture, stage: HTMLElement, changed: () => void) {
  const heads = createHeads();
  let picture = first, revision = first.revision;
  let candidates = new Float64Array(0), scores: number[] = [], lowest = 0;
  let threshold = first.threshold, previewing = false, asks = 0;
  let tool: Tool = "select", layers: Layers = "heads", selected = -1;
  let zones: Zone[] = [], draft: Point[] = [];
  let comparison: Comparison | null = null, radius = 8;
  let save: SaveState = "saved", message = "", headsDirty = false, zonesDirty = false, timer = 0;
  let drag: { index: number; from: Point; moved: boolean } | null = null;
  let closed = false;

  const scene: Scene = {
    xy: heads.xy, count: 0, selected: -1, zones, draft, comparison: null, showHeads: true, showHeatMap: false, crosshair: false,
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
    scene.draft = draft;
    scene.comparison = comparison;
    scene.showHeads = layers === "heads" || layers === "both";
    scene.showHeatMap = layers === "heat" || layers === "both";
    if (scene.showHeatMap) viewer.showHeatOf(picture);
    viewer.redraw();
    changed();
  }

  async function loadHeads() {
    const answer = await api.heads(picture.id);
    heads.load(answer.heads);
    revision = answer.revision;
    selected = -1;
    headsDirty = false;
    viewer.fitMarks(heads.xy, heads.count);
  }

  async function load() {
    const [found, stored] = await Promise.all([api.candidates(picture.id), api.zones(picture.id), loadHeads()]);
    candidates = new Float64Array(2 * found.x.length);
    found.x.forEach((x, i) => candidates.set([x, found.y[i]], 2 * i));
    [scores, lowest, threshold] = [found.score, found.lowest, found.threshold];
    zones = stored.map(({ name, points }) => ({ name, points }));
    show();
  }

  // Saving: a moment after the last change, one call at a time, tried again until it is done.

  function dirty(what: "heads" | "zones") {
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
    if (save === "saving" || (!headsDirty && !zonesDirty)) return;
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
      if (save === "failed" && !closed) timer = window.setTimeout(store, RetryDelay);
    }
    if (!closed) show();
  }

  // Tools.

  function add(point: Point) {
    if (!isInside(point)) return;
    selected = heads.add(point);
    dirty("heads");
  }

  function remove(index: number) {
    if (index < 0) return;
    const at = heads.get(index);
    heads.remove(index);
    // On to the neighbour, so that several can be taken out by keyboard.
    selected = tool === "select" && selected === index ? nearest(heads.xy, heads.count, ...at, Infinity) : -1;
    dirty("heads");
  }

  function moveSelected(dx: number, dy: number) {
    if (selected < 0) return;
    const from = heads.get(selected), to = inside([from[0] + dx, from[1] + dy]);
    heads.move(selected, from, to);
    if (!viewer.isVisible(to)) viewer.panTo(to);
    dirty("heads");
  }

  // Rows as text is read, so that every head comes once.
  function step(direction: 1 | -1) {
    if (heads.count === 0) return;
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

  function corner(point: Point, reach: number) {
    const [start] = draft;
    if (draft.length >= 3 && Math.hypot(start[0] - point[0], start[1] - point[1]) <= reach) closeZone();
    else draft = [...draft, inside(point)];
    show();
  }

  function closeZone() {
    if (draft.length < 3) return;
    let number = zones.length + 1;
    while (zones.some(zone => zone.name === `Zone ${number}`)) number++;
    zones = [...zones, { name: `Zone ${number}`, points: draft }];
    [draft, tool] = [[], "select"];
    dirty("zones");
  }

  const pointer: Pointer = {
    press(point, reach) {
      if (previewing || comparison || tool === "erase" || tool === "zone" || !scene.showHeads) return false;
      const index = nearest(heads.xy, heads.count, ...point, reach);
      drag = index < 0 || (viewer.isDense && index !== selected) ? null : { index, from: heads.get(index), moved: false };
      return drag !== null;
    },
    drag(point) {
      if (!drag) return;
      drag.moved = true;
      selected = drag.index;
      heads.place(drag.index, inside(point));
      scene.selected = selected;
      viewer.redraw();
    },
    release() {
      if (drag?.moved) {
        heads.move(drag.index, drag.from, heads.get(drag.index));
        dirty("heads");
      }
      drag = null;
    },
    tap(point, reach) {
      if (tool === "zone") return corner(point, reach);
      if (previewing || comparison || !scene.showHeads) return;
      const index = nearest(heads.xy, heads.count, ...point, reach);
      if (tool === "erase") return remove(index);
      if (tool === "add" && index < 0) return add(point);
      selected = index;
      show();
    },
    doubleTap(point, reach) {
      if (tool === "zone") return closeZone(), show();
      if (tool === "select" && !previewing && !comparison && scene.showHeads && nearest(heads.xy, heads.count, ...point, reach) < 0) add(point);
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
    get canUndo() { return heads.canUndo; },
    get canRedo() { return heads.canRedo; },
    get unsaved() { return headsDirty || zonesDirty || save === "saving"; },
    load,
    store,
    step,
    remove,
    moveSelected,
    closeZone,
    corner: () => corner(viewer.center(), 8 / viewer.scale),
    addAtCenter: () => add(viewer.center()),
    setTool(next: Tool) {
      [tool, draft, comparison] = [next, [], null];
      if (next !== "select") selected = -1;
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
      [selected, draft] = [-1, []];
      show();
    },
    undo() {
      heads.undo();
      dirty("heads");
    },
    redo() {
      heads.redo();
      dirty("heads");
    },
    /** Shows at once what another threshold would give; nothing is stored. */
    preview(value: number) {
      [threshold, previewing, comparison] = [value, true, null];
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
      await loadHeads();
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
      zones = zones.map((zone, i) => (i === index ? { ...zone, name } : zone));
      dirty("zones");
    },
    removeZone(index: number) {
      zones = zones.filter((_, i) => i !== index);
      dirty("zones");
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
      const recounted = news.state === "done" && (picture.state !== "done" || news.model !== picture.model);
      if (save === "saving" || headsDirty || previewing) return;
      const foreign = news.revision > revision;
      picture = news;
      if (recounted) await load();
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
