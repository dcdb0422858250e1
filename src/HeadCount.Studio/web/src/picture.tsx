// One picture: the canvas, its tools, and what they count.
import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import { api, listen, type Info, type Picture, type TruthAnswer } from "./api";
import { createBench, ThresholdStep, type Bench, type Layers, type Tool } from "./workbench";
import { Downloads } from "./downloads";
import { galleryOrder } from "./gallery";
import { go } from "./route";
import { ChooseTruth } from "./truth";
import { announce, ask, attempt, Heading, Icon, IconButton, number, percent, plural, words } from "./ui";

const Tools: { tool: Tool; icon: "select" | "add" | "erase" | "zone"; label: string; hint: string }[] = [
  { tool: "select", icon: "select", label: "Select and move", hint: "Drag a head or a corner of a zone to move it; double-click where one is missing." },
  { tool: "add", icon: "add", label: "Add heads", hint: "Click or tap every head that is missing." },
  { tool: "erase", icon: "erase", label: "Erase heads", hint: "Click or tap every mark that is no head." },
  { tool: "zone", icon: "zone", label: "Draw a zone", hint: "Click corner after corner; end on the first one, or with Enter." },
];
const LayerNames: Record<Layers, string> = { heads: "Heads", heat: "Heat map", both: "Both", none: "Neither" };

export function PicturePage({ id, info, compared }: { id: string; info: Info; compared: boolean }) {
  const [picture, setPicture] = useState<Picture | null>(null), [problem, setProblem] = useState("");
  const [siblings, setSiblings] = useState<Picture[]>([]);
  const stage = useRef<HTMLDivElement>(null), bench = useRef<Bench | null>(null);
  const [, changed] = useReducer((n: number) => n + 1, 0);

  useEffect(() => {
    let closed = false;
    api.picture(id).then(loaded => {
      if (closed) return;
      setPicture(loaded);
      document.title = `${loaded.name} · HeadCount Studio`;
      void api.pictures(loaded.projectId).then(all => setSiblings(galleryOrder.sort(all).filter(other => other.state !== "failed")));
    }, failure => setProblem(words(failure)));
    return () => { closed = true; };
  }, [id]);

  const ready = picture !== null;
  useEffect(() => {
    if (!picture) return;
    const made = bench.current = createBench(picture, stage.current!, () => changed(0));
    if (picture.state === "done") void attempt(async () => {
      await made.load();
      if (compared && picture.hasTruth) await made.compare(made.radius);
    });
    changed(0);
    const stopListening = listen(picture.projectId, {
      hello: () => void attempt(async () => made.heard(await api.picture(id))),
      picture: (news: Picture) => { if (news.id === id) void attempt(() => made.heard(news)); },
    });
    const leaving = (event: BeforeUnloadEvent) => {
      if (made.unsaved) {
        event.preventDefault();
        void made.store();
      }
    };
    const keys = (event: KeyboardEvent) => onPageKey(event, made);
    addEventListener("beforeunload", leaving);
    addEventListener("keydown", keys);
    return () => {
      removeEventListener("beforeunload", leaving);
      removeEventListener("keydown", keys);
      stopListening();
      made.close();
      bench.current = null;
    };
  }, [ready, id]);

  if (problem) return <main class="narrow"><Heading>This picture cannot be opened</Heading><p>{problem}</p><a href="#/">To all projects</a></main>;
  if (!picture) return <main aria-busy="true" />;
  const work = bench.current, index = siblings.findIndex(other => other.id === id);
  const name = picture.name.split("/").at(-1)!;
  return (
    <main class="picture">
      <div class="title">
        <a class="tool" href={`#/project/${picture.projectId}`} aria-label="Back to the project" title="Back to the project"><Icon name="back" /></a>
        <Heading>{name}</Heading>
        {work && <SaveMark bench={work} />}
        {siblings.length > 1 && (
          <span class="row">
            <span class="muted">{index + 1} of {siblings.length}</span>
            <IconButton icon="back" label="Previous picture" disabled={index <= 0} onClick={() => go(`picture/${siblings[index - 1].id}`)} />
            <IconButton icon="next" label="Next picture" disabled={index < 0 || index + 1 >= siblings.length} onClick={() => go(`picture/${siblings[index + 1].id}`)} />
          </span>
        )}
      </div>
      <div class="canvas-side">
        <div ref={stage} class={`stage ${work?.tool ?? ""}`} tabIndex={0} role="application" aria-label={`Picture ${name}`} aria-describedby="keys"
          onKeyDownCapture={event => { if (work) onStageKey(event, work); }}
          onFocusCapture={event => work?.setCrosshair(event.currentTarget.matches(":focus-visible"))}
          onBlur={() => work?.setCrosshair(false)} />
        {work && <Toolbar bench={work} />}
      </div>
      {work && <Panel bench={work} info={info} />}
      <p id="keys" class="only-heard">
        N and P go to the next and the previous head, arrow keys move it, Delete removes it, Escape lets go of it. Without a head, arrow keys
        move the picture, plus and minus zoom, zero shows all of it. A adds a head, or a corner of a zone, at the cross in the middle. Z draws a zone, Enter ends it.
        C and Shift C go to the next and the previous corner of a zone, arrow keys move it.
      </p>
    </main>
  );
}

function onPageKey(event: KeyboardEvent, bench: Bench) {
  if (!(event.ctrlKey || event.metaKey) || (event.target as HTMLElement).tagName === "INPUT") return;
  const key = event.key.toLowerCase();
  if (key === "z" && !event.shiftKey && bench.canUndo) bench.undo();
  else if ((key === "y" || (key === "z" && event.shiftKey)) && bench.canRedo) bench.redo();
  else if (key === "s") void bench.store();
  else return;
  event.preventDefault();
}

function onStageKey(event: KeyboardEvent, bench: Bench) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const far = event.shiftKey ? 10 : 1, { viewer } = bench;
  const arrows: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const arrow = arrows[event.key], key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  bench.setCrosshair(true);
  if (arrow && bench.selected >= 0) bench.moveSelected(arrow[0] * far, arrow[1] * far);
  else if (arrow && bench.corner) bench.moveCorner(arrow[0] * far, arrow[1] * far);
  else if (arrow) viewer.panBy(60 * arrow[0], 60 * arrow[1]);
  else if (key === "+" || key === "=") viewer.zoomBy(1.4);
  else if (key === "-") viewer.zoomBy(1 / 1.4);
  else if (key === "0") viewer.showWhole();
  else if (key === "n" || (key === "Tab" && !event.shiftKey && bench.selected >= 0)) bench.step(1);
  else if (key === "p" || (key === "Tab" && event.shiftKey && bench.selected >= 0)) bench.step(-1);
  else if (key === "c") bench.stepCorner(event.shiftKey ? -1 : 1);
  else if (key === "a" && bench.tool === "zone") bench.addCorner();
  else if (key === "a") bench.addAtCenter();
  else if ((key === "Delete" || key === "Backspace") && bench.selected >= 0) bench.remove(bench.selected);
  else if (key === "z") bench.setTool("zone");
  else if (key === "v") bench.setTool("select");
  else if (key === "Enter") bench.closeZone();
  else if (key === "Escape") bench.corners || bench.corner || bench.selected >= 0 ? bench.deselect() : bench.setTool("select");
  else return;
  if ("npac".includes(key) || key === "Tab" || key === "Delete" || key === "Backspace") announce(describe(bench));
  event.preventDefault();
  event.stopPropagation();
}

const describe = (bench: Bench) => bench.corner
  ? `Corner ${bench.corner.number} of ${bench.corner.name}, at ${bench.corner.at.map(Math.round).join(", ")}`
  : bench.selected < 0
  ? plural(bench.count, "head")
  : `Head at ${bench.selectedAt.map(Math.round).join(", ")}; ${plural(bench.count, "head")}`;

function SaveMark({ bench }: { bench: Bench }) {
  if (bench.save === "conflict") return (
    <span class="save problem-text" role="alert">
      Someone else changed this picture meanwhile.
      <button type="button" onClick={() => attempt(bench.takeTheirs)}>Show theirs</button>
      <button type="button" onClick={() => attempt(bench.keepMine)}>Keep mine</button>
    </span>
  );
  if (bench.save === "failed") return (
    <span class="save problem-text" role="alert" title={bench.message}>
      Not saved. <button type="button" onClick={() => attempt(bench.store)}>Try again</button>
    </span>
  );
  return <span class="save muted" role="status">{bench.save === "saved" ? "Saved" : "Saving…"}</span>;
}

function Toolbar({ bench }: { bench: Bench }) {
  const counted = bench.picture.state === "done";
  return (
    <div class="toolbar" role="toolbar" aria-label="Tools">
      <span class="group">
        {Tools.map(({ tool, icon, label }) => (
          <IconButton key={tool} icon={icon} label={label} aria-pressed={bench.tool === tool} disabled={!counted} onClick={() => bench.setTool(tool)} />
        ))}
      </span>
      <span class="group">
        <IconButton icon="undo" label="Undo" keys="Ctrl+Z" disabled={!bench.canUndo} onClick={bench.undo} />
        <IconButton icon="redo" label="Redo" keys="Ctrl+Shift+Z" disabled={!bench.canRedo} onClick={bench.redo} />
      </span>
      <span class="group zoom">
        <IconButton icon="out" label="Zoom out" keys="-" onClick={() => bench.viewer.zoomBy(1 / 1.4)} />
        <IconButton icon="add" label="Zoom in" keys="+" onClick={() => bench.viewer.zoomBy(1.4)} />
        <IconButton icon="whole" label="Whole picture" keys="0" onClick={() => bench.viewer.showWhole()} />
      </span>
      <span class="group segments" role="radiogroup" aria-label="Show">
        {(Object.keys(LayerNames) as Layers[]).map(layers => (
          <label key={layers} class={bench.layers === layers ? "on" : ""}>
            <input type="radio" name="layers" class="only-heard" checked={bench.layers === layers} onChange={() => bench.setLayers(layers)} />{LayerNames[layers]}
          </label>
        ))}
      </span>
      <span class="hint muted" role="status">
        {counted && Tools.find(({ tool }) => tool === bench.tool)!.hint}
        {bench.corners >= 3 && <button type="button" onClick={bench.closeZone}>Finish zone</button>}
      </span>
    </div>
  );
}

function Panel({ bench, info }: { bench: Bench; info: Info }) {
  const { picture } = bench;
  if (picture.state === "failed") return (
    <aside class="panel">
      <section><h2>It could not be counted</h2><p class="problem-text">{picture.error}</p>
        <button type="button" onClick={() => attempt(() => api.recount(picture.id, null).then(bench.heard))}>Try again</button></section>
    </aside>
  );
  if (picture.state !== "done") return (
    <aside class="panel"><section><h2>{picture.state === "counting" ? "Counting…" : "Waiting for its turn…"}</h2><progress aria-label="Counting" /></section></aside>
  );
  return (
    <aside class="panel">
      <Count bench={bench} />
      <Threshold bench={bench} />
      <Zones bench={bench} />
      <Compare bench={bench} />
      <section class="row">
        <Downloads of={`pictures/${picture.id}`} formats={["overlay", ...info.exports]} />
        {info.models.length > 1 && (
          <label class="row">Model
            <select value={picture.model} onChange={event => {
              const model = event.currentTarget.value;
              void attempt(async () => {
                // What was corrected a moment ago is stored first.
                await bench.store();
                await bench.heard(await api.recount(picture.id, model));
              });
            }}>
              {/* One that was made since the page was opened, too. */}
              {[...new Set([...info.models.map(model => model.name), picture.model])].map(model => <option key={model} value={model}>{model}</option>)}
            </select>
          </label>
        )}
        <button type="button" class="plain" onClick={() => attempt(async () => {
          if ((await ask({ title: "Take this picture out of the project?", text: "Its count and corrections are deleted.", button: "Take out", danger: true })) === null) return;
          await api.deletePicture(picture.id);
          go(`project/${picture.projectId}`);
        })}>Take out</button>
      </section>
      <p class="muted keys">Keys: <kbd>N</kbd> next head, arrows move it, <kbd>Del</kbd> removes it, <kbd>A</kbd> adds, <kbd>Z</kbd> zone, <kbd>C</kbd> its corners, <kbd>Ctrl</kbd> <kbd>Z</kbd> undo.</p>
    </aside>
  );
}

function Count({ bench }: { bench: Bench }) {
  const { picture } = bench;
  return (
    <section class="count">
      <p class="big" id="count" aria-live="off">{number(bench.count)}</p>
      <p class="muted">{bench.count === 1 ? "head" : "heads"}{bench.edited ? ", corrected by hand" : " found"}</p>
      <dl class="facts">
        {picture.densitySum !== null && <div title="The network's estimate from the density of the crowd, heads too blurred to mark among them">
          <dt>Estimate from density</dt><dd>{number(Math.round(picture.densitySum))}</dd></div>}
        <div><dt>Picture</dt><dd>{number(picture.width)} × {number(picture.height)}</dd></div>
      </dl>
      {bench.edited && (
        <button type="button" onClick={() => attempt(async () => {
          const text = "Your corrections of this picture are dropped; zones stay.";
          if ((await ask({ title: "Back to what was detected?", text, button: "Back to detected", danger: true })) !== null) await bench.revert();
        })}>Back to detected</button>
      )}
    </section>
  );
}

function Threshold({ bench }: { bench: Bench }) {
  return (
    <section>
      <h2><label for="threshold">How sure must it be?</label><span class="muted">{percent(bench.threshold)}</span></h2>
      {bench.edited
        ? <p class="muted">The heads are corrected by hand. “Back to detected” brings the slider back.</p>
        : <>
            <input id="threshold" type="range" min={bench.lowest} max={1} step={ThresholdStep} value={bench.threshold}
              aria-valuetext={`${percent(bench.threshold)}: ${plural(bench.count, "head")}`}
              onInput={event => bench.preview(event.currentTarget.valueAsNumber)}
              onChange={event => attempt(() => bench.setThreshold(event.currentTarget.valueAsNumber))} />
            <p class="line muted"><span>more heads</span><button type="button" class="plain" onClick={() => attempt(() => bench.setThreshold(null))}>Suggested</button><span>only sure ones</span></p>
          </>}
    </section>
  );
}

function Zones({ bench }: { bench: Bench }) {
  const zones = bench.zones;
  return (
    <section>
      <h2>Zones <button type="button" class="plain" onClick={() => bench.setTool("zone")}>Draw one</button></h2>
      {zones.length === 0 && <p class="muted">A zone counts the heads inside a shape you draw.</p>}
      {zones.length > 0 && <p class="muted">Drag a corner to move it.</p>}
      <ul class="zones">
        {zones.map((zone, i) => (
          <li key={i}>
            <input value={zone.name} maxLength={100} aria-label={`Name of zone ${i + 1}`}
              onChange={event => bench.renameZone(i, event.currentTarget.value.trim() || zone.name)} />
            <output>{number(zone.count)}</output>
            <button type="button" class="plain" aria-label={`Delete ${zone.name}`} onClick={() => bench.removeZone(i)}>Delete</button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Compare({ bench }: { bench: Bench }) {
  const { comparison, picture } = bench;
  const sent = async ({ pictures }: TruthAnswer) => {
    await bench.heard(await api.picture(picture.id));
    if (bench.picture.hasTruth) await bench.compare(bench.radius);
    else throw new Error(`The file holds ${plural(pictures, "other picture")} of this project, but not this one`);
  };
  return (
    <section>
      <h2>Ground truth</h2>
      {!picture.hasTruth && <p class="muted">Heads marked by people, in any annotation format HeadCount reads or a ZIP of such files, to compare with.</p>}
      <div class="row">
        {picture.hasTruth && (
          <label class="row"><input type="checkbox" checked={comparison !== null}
            onChange={event => attempt(() => bench.compare(event.currentTarget.checked ? bench.radius : null))} />Compare</label>
        )}
        {picture.hasTruth && (
          <label class="row">within <input type="number" class="short" min={1} max={1000} value={bench.radius}
            onChange={event => { if (event.currentTarget.valueAsNumber > 0) void attempt(() => bench.compare(event.currentTarget.valueAsNumber)); }} /> pixels</label>
        )}
        <ChooseTruth project={picture.projectId} label={picture.hasTruth ? "Other file" : "Choose a file"} style={picture.hasTruth ? "plain" : ""} sent={sent} />
        {picture.hasTruth && <button type="button" title="They can then be edited; Undo takes it back" onClick={() => attempt(bench.takeTruth)}>Take the truth as heads</button>}
        {picture.hasTruth && <a href={`#/project/${picture.projectId}/scores`}>Scores of all</a>}
      </div>
      {comparison && (
        <>
          <ul class="legend">
            <li><svg viewBox="0 0 20 20" class="hit" aria-hidden="true"><circle cx="10" cy="10" r="7" /></svg>{plural(comparison.hits.length, "hit")}</li>
            <li><svg viewBox="0 0 20 20" class="miss" aria-hidden="true"><path d="M3 3l14 14M17 3L3 17" /></svg>{plural(comparison.misses.length, "miss", "misses")}</li>
            <li><svg viewBox="0 0 20 20" class="false-alarm" aria-hidden="true"><path d="M10 3l8 14H2z" /></svg>{plural(comparison.falseAlarms.length, "false alarm")}</li>
          </ul>
          <dl class="facts">
            <div title="How many of the marks are heads"><dt>Precision</dt><dd>{percent(comparison.precision)}</dd></div>
            <div title="How many of the heads are marked"><dt>Recall</dt><dd>{percent(comparison.recall)}</dd></div>
            <div title="Both in one figure"><dt>F1</dt><dd>{percent(comparison.f1)}</dd></div>
          </dl>
        </>
      )}
    </section>
  );
}
