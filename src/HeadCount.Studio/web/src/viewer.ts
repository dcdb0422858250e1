// A picture that zooms (OpenSeadragon), its heat map, and one canvas above them for everything that is drawn.
import OpenSeadragon from "openseadragon";
import { api, type Comparison, type Picture, type Point, type Zone } from "./api";
import { interleave, spacing } from "./geometry";

/** What a finger, pen or mouse does, in picture pixels; reach is how far from a head still means it, grip from a zone's corner. */
export interface Pointer {
  /** Answers whether the following drag is taken; otherwise it moves the picture. */
  press(point: Point, reach: number, grip: number): boolean;
  drag(point: Point): void;
  release(): void;
  tap(point: Point, reach: number, grip: number): void;
  doubleTap(point: Point, reach: number, grip: number): void;
}

/** What is to be seen; points are interleaved. */
export interface Scene {
  xy: Float64Array;
  count: number;
  selected: number;
  zones: readonly Zone[];
  /** Corners of a zone that is being drawn. */
  draft: readonly Point[];
  /** Whether the corners of zones can be taken hold of. */
  showCorners: boolean;
  /** The corner that is. */
  corner: Point | null;
  comparison: Comparison | null;
  showHeads: boolean;
  showHeatMap: boolean;
  crosshair: boolean;
}

const Colors = { head: "#ffd60a", hit: "#56b4e9", miss: "#ff6b1a", falseAlarm: "#f0e442", zone: "#ffffff", dark: "rgba(0, 0, 0, .65)" };
type Shape = "ring" | "cross" | "triangle";

// OpenSeadragon writes a style into the page unless it finds its own there; the content policy refuses that with an error.
// An element of that name without a namespace is found, and does nothing.
const found = document.createElementNS(null, "style");
found.setAttribute("data-openseadragon-mobile-css", "true");
document.head.append(found);

export type Viewer = ReturnType<typeof createViewer>;

export function createViewer(stage: HTMLElement, picture: Picture, scene: Scene, pointer: Pointer) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const osd = OpenSeadragon({
    element: stage,
    tileSources: api.tiles(picture.id),
    drawer: "canvas",
    showNavigationControl: false,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: false },
    gestureSettingsTouch: { clickToZoom: false, dblClickToZoom: false },
    gestureSettingsPen: { clickToZoom: false, dblClickToZoom: false },
    animationTime: still ? 0 : 0.4,
    maxZoomPixelRatio: 12,
    minZoomImageRatio: 0.7,
    visibilityRatio: 0.4,
    zoomPerScroll: 1.25,
    tabIndex: -1,
  });
  const heat = document.createElement("img");
  heat.className = "heat";
  heat.alt = "";
  heat.addEventListener("error", () => heat.removeAttribute("src"));
  const canvas = document.createElement("canvas");
  canvas.className = "marks";
  osd.canvas.append(heat, canvas);
  const context = canvas.getContext("2d")!;

  // Screen = scale × picture + origin.
  let scale = 1, originX = 0, originY = 0, width = 0, height = 0, gap = Infinity;
  let compared: { points: Float64Array; shape: Shape; color: string }[] = [], comparedOf: Comparison | null = null;
  let asked = 0, shownHeat = "";

  function measure() {
    const zero = osd.viewport.pixelFromPoint(new OpenSeadragon.Point(0, 0), true);
    const one = osd.viewport.pixelFromPoint(new OpenSeadragon.Point(1, 0), true);
    scale = (one.x - zero.x) / picture.width;
    [originX, originY] = [zero.x, zero.y];
    if (stage.clientWidth !== width || stage.clientHeight !== height || canvas.width === 0) {
      [width, height] = [stage.clientWidth, stage.clientHeight];
      canvas.width = Math.round(width * devicePixelRatio);
      canvas.height = Math.round(height * devicePixelRatio);
      layer = new ImageData(canvas.width + 2 * Margin, canvas.height + 2 * Margin);
      pixels = new Uint32Array(layer.data.buffer);
      marks.clear();
    }
  }

  // Twenty thousand marks a frame are too many for stroked paths, with or without a graphics card. Each kind of mark is
  // drawn once, and its pixels are copied into a picture that goes to the canvas in one piece. That picture is wider than
  // the canvas by a margin, so that marks at the edge need no clipping.
  const Margin = 64;
  const marks = new Map<string, { offsets: Int32Array; colors: Uint32Array }>();
  let layer = new ImageData(1, 1), pixels = new Uint32Array(layer.data.buffer);

  function markOf(shape: Shape, color: string, r: number) {
    const key = `${shape} ${color} ${r}`, known = marks.get(key);
    if (known) return known;
    const size = 2 * Margin, pen = new OffscreenCanvas(size, size).getContext("2d")!, small = r < 3.2;
    pen.translate(Margin, Margin);
    pen.scale(devicePixelRatio, devicePixelRatio);
    pen.lineJoin = "round";
    if (shape === "ring") pen.arc(0, 0, small ? 0.8 * r : r, 0, 2 * Math.PI);
    else if (shape === "cross") pen.moveTo(-r, -r), pen.lineTo(r, r), pen.moveTo(r, -r), pen.lineTo(-r, r);
    else pen.moveTo(0, -r), pen.lineTo(r, 0.8 * r), pen.lineTo(-r, 0.8 * r), pen.closePath();
    pen.fillStyle = color;
    // So near each other that a ring would be a dot.
    if (small && shape !== "cross") pen.fill();
    for (const [line, style] of small ? [[1.2, color] as const] : [[4, Colors.dark] as const, [2, color] as const]) {
      pen.lineWidth = line;
      pen.strokeStyle = style;
      pen.stroke();
    }
    const drawn = new Uint32Array(pen.getImageData(0, 0, size, size).data.buffer), offsets: number[] = [], colors: number[] = [];
    drawn.forEach((pixel, at) => {
      if (pixel >>> 24 < 16) return;
      offsets.push((Math.floor(at / size) - Margin) * layer.width + (at % size) - Margin);
      colors.push(pixel);
    });
    const mark = { offsets: Int32Array.from(offsets), colors: Uint32Array.from(colors) };
    marks.set(key, mark);
    return mark;
  }

  function drawMarks(xy: Float64Array, count: number, shape: Shape, color: string) {
    const radius = Math.round(2 * Math.min(11, Math.max(1.4, 0.42 * Math.min(gap, 60) * scale))) / 2;
    const { offsets, colors } = markOf(shape, color, radius), parts = offsets.length;
    const k = scale * devicePixelRatio, stride = layer.width;
    const left = originX * devicePixelRatio + Margin, top = originY * devicePixelRatio + Margin;
    const reach = Math.ceil((radius + 3) * devicePixelRatio), right = stride - reach, bottom = layer.height - reach;
    for (let i = 0; i < 2 * count; i += 2) {
      const x = (xy[i] * k + left) | 0, y = (xy[i + 1] * k + top) | 0;
      if (x < reach || x >= right || y < reach || y >= bottom) continue;
      const at = y * stride + x;
      for (let j = 0; j < parts; j++) pixels[at + offsets[j]] = colors[j];
    }
  }

  function outline(points: readonly Point[], closed: boolean, fill: boolean) {
    context.beginPath();
    points.forEach(([x, y], i) => context[i ? "lineTo" : "moveTo"](x * scale + originX, y * scale + originY));
    if (closed) context.closePath();
    if (fill) {
      context.fillStyle = "rgba(255, 255, 255, .12)";
      context.fill();
    }
    for (const [line, style] of [[5, Colors.dark], [2, Colors.zone]] as const) {
      context.lineWidth = line;
      context.strokeStyle = style;
      context.stroke();
    }
  }

  function corners(points: readonly Point[]) {
    for (const [radius, style] of [[6.5, Colors.dark], [5, Colors.zone]] as const) {
      context.fillStyle = style;
      for (const [x, y] of points) {
        context.beginPath();
        context.arc(x * scale + originX, y * scale + originY, radius, 0, 2 * Math.PI);
        context.fill();
      }
    }
  }

  function label(text: string, points: readonly Point[]) {
    let x = 0, y = Infinity;
    for (const [px, py] of points) {
      x += px / points.length;
      y = Math.min(y, py);
    }
    [x, y] = [x * scale + originX, y * scale + originY];
    context.font = "600 13px system-ui, sans-serif";
    context.textAlign = "center";
    const w = context.measureText(text).width + 16;
    context.fillStyle = "rgba(0, 0, 0, .75)";
    context.beginPath();
    context.roundRect(x - w / 2, y - 11, w, 22, 11);
    context.fill();
    context.fillStyle = "#fff";
    context.textBaseline = "middle";
    context.fillText(text, x, y + 0.5);
  }

  function draw() {
    asked = 0;
    if (!osd.isOpen()) return;
    measure();
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    heat.hidden = !scene.showHeatMap;
    if (scene.showHeatMap) {
      // Stretched by the compositor.
      heat.style.transform = `translate(${originX}px, ${originY}px) scale(${(scale * picture.width) / 1024}, ${(scale * picture.height) / 1024})`;
    }
    const marked = scene.comparison !== null || (scene.showHeads && scene.count > 0);
    if (marked) pixels.fill(0);
    else context.clearRect(0, 0, width, height);
    if (scene.comparison) {
      if (comparedOf !== scene.comparison) {
        comparedOf = scene.comparison;
        compared = [
          { points: interleave(comparedOf.hits), shape: "ring", color: Colors.hit },
          { points: interleave(comparedOf.falseAlarms), shape: "triangle", color: Colors.falseAlarm },
          { points: interleave(comparedOf.misses), shape: "cross", color: Colors.miss },
        ];
      }
      for (const part of compared) drawMarks(part.points, part.points.length / 2, part.shape, part.color);
    } else if (scene.showHeads) {
      drawMarks(scene.xy, scene.count, "ring", Colors.head);
    }
    if (marked) context.putImageData(layer, -Margin, -Margin);
    for (const zone of scene.zones) outline(zone.points, true, true);
    if (scene.showCorners) for (const zone of scene.zones) corners(zone.points);
    for (const zone of scene.zones) label(zone.name, zone.points);
    if (scene.draft.length) {
      outline(scene.draft, false, false);
      corners(scene.draft);
    }
    const held = scene.corner ?? (scene.selected >= 0 && scene.selected < scene.count
      ? [scene.xy[2 * scene.selected], scene.xy[2 * scene.selected + 1]] : null);
    if (held) {
      const x = held[0] * scale + originX, y = held[1] * scale + originY;
      for (const [line, style] of [[6, Colors.dark], [3, "#fff"]] as const) {
        context.lineWidth = line;
        context.strokeStyle = style;
        context.beginPath();
        context.arc(x, y, 15, 0, 2 * Math.PI);
        context.stroke();
      }
    }
    if (scene.crosshair) {
      const x = width / 2, y = height / 2;
      for (const [line, style] of [[4, Colors.dark], [1.5, "#fff"]] as const) {
        context.lineWidth = line;
        context.strokeStyle = style;
        context.beginPath();
        for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
          context.moveTo(x + 5 * dx, y + 5 * dy);
          context.lineTo(x + 16 * dx, y + 16 * dy);
        }
        context.stroke();
      }
    }
  }

  const redraw = () => {
    asked ||= requestAnimationFrame(draw);
  };
  const toPicture = (at: OpenSeadragon.Point): Point => [(at.x - originX) / scale, (at.y - originY) / scale];
  const pixelsOf = (type = "mouse") => (type === "mouse" ? 12 : 24);
  // Among neighbours no further than half way to them.
  const reachOf = (type?: string): [reach: number, grip: number] =>
    [Math.min(pixelsOf(type), Math.max(6, 0.5 * gap * scale)) / scale, pixelsOf(type) / scale];
  // Until someone moves it, the whole picture is shown, whatever size the page takes.
  let dragging = false, whole = true;

  // For styles, scripts and tests of the page: whether what is seen is where it will stay.
  const view = (state: "opening" | "moving" | "still") => { stage.dataset.view = state; };
  view("opening");
  osd.addHandler("open", () => {
    draw();
    view("still");
  });
  osd.addHandler("animation-start", () => view("moving"));
  osd.addHandler("animation-finish", () => view("still"));
  osd.addHandler("update-viewport", draw);
  osd.addHandler("after-resize", () => {
    // After OpenSeadragon has zoomed by as much as the page has grown.
    if (whole) queueMicrotask(() => osd.viewport?.goHome(true));
    redraw();
  });
  osd.addHandler("canvas-scroll", () => { whole = false; });
  osd.addHandler("canvas-pinch", () => { whole = false; });
  osd.addHandler("canvas-press", event => {
    dragging = pointer.press(toPicture(event.position), ...reachOf((event as { pointerType?: string }).pointerType));
  });
  osd.addHandler("canvas-drag", event => {
    if (!dragging) whole = false;
    else {
      event.preventDefaultAction = true;
      pointer.drag(toPicture(event.position));
    }
  });
  osd.addHandler("canvas-drag-end", event => {
    if (dragging) event.preventDefaultAction = true;
  });
  osd.addHandler("canvas-release", () => {
    if (dragging) pointer.release();
    dragging = false;
  });
  osd.addHandler("canvas-click", event => {
    if (event.quick) pointer.tap(toPicture(event.position), ...reachOf((event.originalEvent as PointerEvent).pointerType));
  });
  osd.addHandler("canvas-double-click", event => pointer.doubleTap(toPicture(event.position), ...reachOf()));
  return {
    redraw,
    /** Sets the size of the marks by how near the heads are; called when other heads are shown, not while one is edited. */
    fitMarks(xy: Float64Array, count: number) {
      gap = spacing(xy, count);
      redraw();
    },
    showHeatOf(current: Picture) {
      const address = api.heatMap(current);
      if (address !== shownHeat) heat.src = shownHeat = address;
    },
    center: (): Point => toPicture(new OpenSeadragon.Point(width / 2, height / 2)),
    /** Screen pixels for one of the picture. */
    get scale() { return scale; },
    /** Whether heads lie so near each other that a drag is more likely meant for the picture. */
    get isDense() { return gap * scale < 24; },
    isVisible: ([x, y]: Point) => {
      const sx = x * scale + originX, sy = y * scale + originY;
      return sx > 20 && sx < width - 20 && sy > 20 && sy < height - 20;
    },
    panTo([x, y]: Point) {
      whole = false;
      osd.viewport.panTo(new OpenSeadragon.Point(x / picture.width, y / picture.width), still);
    },
    panBy(dx: number, dy: number) {
      whole = false;
      osd.viewport.panBy(osd.viewport.deltaPointsFromPixels(new OpenSeadragon.Point(dx, dy)));
      osd.viewport.applyConstraints();
    },
    zoomBy(factor: number) {
      whole = false;
      osd.viewport.zoomBy(factor);
      osd.viewport.applyConstraints();
    },
    showWhole() {
      whole = true;
      osd.viewport.goHome();
    },
    destroy() {
      cancelAnimationFrame(asked);
      osd.destroy();
    },
  };
}
