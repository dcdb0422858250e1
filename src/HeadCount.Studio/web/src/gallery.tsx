// The pictures of a project.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { api, listen, type ImproveRun, type Info, type Picture, type Project } from "./api";
import { download, Downloads } from "./downloads";
import { Choose, DropAnywhere, UploadProgress } from "./drop";
import { ImproveModel } from "./improve";
import { go } from "./route";
import { ProjectButtons } from "./start";
import { announce, ask, attempt, Heading, number, plural, timeLeft, words } from "./ui";
import { onUpload } from "./upload";

const Orders = {
  uncertainty: "Worth a look first",
  count: "Most heads first",
  name: "Name",
} as const;
type Order = keyof typeof Orders;

/** The order the gallery is in; the picture view goes on to the next by it. */
export const galleryOrder = {
  get: (): Order => (localStorage.getItem("order") as Order | null) ?? "name",
  sort: (pictures: Iterable<Picture>): Picture[] => {
    const order = galleryOrder.get(), byName = (a: Picture, b: Picture) => a.name.localeCompare(b.name, undefined, { numeric: true });
    return [...pictures].sort((a, b) =>
      (order === "count" ? b.count - a.count : order === "uncertainty" ? b.uncertainty - a.uncertainty : 0) || byName(a, b));
  },
};

export function Gallery({ id, info }: { id: string; info: Info }) {
  const [project, setProject] = useState<Project | null>(null), [problem, setProblem] = useState("");
  const [order, setOrder] = useState<Order>(galleryOrder.get), [left, setLeft] = useState<number | null>(null);
  const [improving, setImproving] = useState<ImproveRun | null>(null);
  const pictures = useRef(new Map<string, Picture>()), [version, setVersion] = useState(0);

  useEffect(() => {
    let timer = 0, shown = false;
    // A few times a second is enough however fast news come.
    const show = () => { timer ||= window.setTimeout(() => { timer = 0; setVersion(n => n + 1); }, 150); };
    const put = (picture: Picture) => {
      const known = pictures.current.get(picture.id);
      if (!known || known.revision <= picture.revision) pictures.current.set(picture.id, picture);
      show();
    };
    const load = () => {
      const before = [...pictures.current.keys()];
      return Promise.all([api.project(id), api.pictures(id)]).then(([loaded, all]) => {
        setProject(loaded);
        setProblem("");
        document.title = `${loaded.name} · HeadCount Studio`;
        // What came while the list was on its way is newer than the list.
        const listed = new Set(all.map(picture => picture.id));
        before.filter(known => !listed.has(known)).forEach(gone => pictures.current.delete(gone));
        all.forEach(put);
        show();
        shown = true;
      }, failure => { if (!shown) setProblem(words(failure)); });
    };
    void load();
    const stopListening = listen(id, {
      hello: () => void load(),
      picture: put,
      improve: setImproving,
      progress: (progress: { secondsLeft: number | null }) => setLeft(progress.secondsLeft),
    });
    const stop = onUpload(added => added.filter(picture => picture.projectId === id).forEach(put));
    return () => {
      clearTimeout(timer);
      stopListening();
      stop();
    };
  }, [id]);

  const sorted = useMemo(() => galleryOrder.sort(pictures.current.values()), [version, order]);
  const finished = sorted.filter(picture => picture.state === "done" || picture.state === "failed").length;
  const heads = sorted.reduce((sum, picture) => sum + picture.count, 0), failed = sorted.filter(picture => picture.state === "failed").length;
  const counting = finished < sorted.length, checked = sorted.filter(picture => picture.edited || picture.hasTruth).length;
  const wasCounting = useRef(false);
  useEffect(() => {
    if (counting) announce(`${finished} of ${sorted.length} counted`);
    else if (wasCounting.current) announce(`All ${plural(sorted.length, "picture")} counted: ${plural(heads, "head")}`);
    wasCounting.current = counting;
  }, [counting, Math.floor((10 * finished) / Math.max(1, sorted.length))]);

  if (problem) return <main class="narrow"><Heading>This project cannot be opened</Heading><p>{problem}</p><a href="#/">To all projects</a></main>;
  if (!project) return <main aria-busy="true" />;
  return (
    <main class="gallery">
      <DropAnywhere project={id} />
      <div class="head">
        <div>
          <nav aria-label="Where you are"><a href="#/">Projects</a></nav>
          <Heading>{project.name}</Heading>
          <ProjectButtons project={project} changed={() => api.project(id).then(setProject)} deleted={() => go("")} />
        </div>
        <dl class="totals">
          <div><dt>heads</dt><dd id="total">{number(heads)}</dd></div>
          <div><dt>{sorted.length === 1 ? "picture" : "pictures"}</dt><dd>{number(sorted.length)}</dd></div>
          {failed > 0 && <div class="problem-text"><dt>not readable</dt><dd>{number(failed)}</dd></div>}
        </dl>
      </div>
      <div class="bar">
        <Choose project={id} main={sorted.length === 0} />
        <div class="row">
          <label class="row">Order
            <select value={order} onChange={event => {
              localStorage.setItem("order", event.currentTarget.value);
              setOrder(event.currentTarget.value as Order);
            }}>
              {Object.entries(Orders).map(([value, name]) => <option value={value} key={value}>{name}</option>)}
            </select>
          </label>
          {finished > failed && <a class="button" href={`#/project/${id}/scores`}>Scores</a>}
          {finished > failed && <Downloads of={`projects/${id}`} formats={info.exports.filter(format => format !== "training")} />}
          {finished > failed && (
            <button type="button" onClick={() => download(`projects/${id}/export?format=training`)}
              title="Pictures and heads in a ZIP, ready for headcount-train">Training data</button>
          )}
        </div>
      </div>
      <UploadProgress />
      {counting && (
        <div class="progress">
          <label for="counting">Counting: {number(finished)} of {number(sorted.length)}{left !== null && ` · ${timeLeft(left)}`}</label>
          <progress id="counting" value={finished} max={sorted.length} />
        </div>
      )}
      {finished > failed && <ImproveModel project={project} run={improving} checked={checked} changed={setProject} />}
      {sorted.length === 0
        ? <p class="empty muted">No pictures yet. Drop some here.</p>
        : <ul class="cards">{sorted.map(picture => <Card key={picture.id} picture={picture} removed={() => {
            pictures.current.delete(picture.id);
            setVersion(n => n + 1);
          }} />)}</ul>}
    </main>
  );
}

function Card({ picture, removed }: { picture: Picture; removed: () => void }) {
  const name = picture.name.split("/").at(-1)!;
  const remove = () => attempt(async () => {
    if ((await ask({ title: `Take “${name}” out of the project?`, button: "Take out", danger: true })) === null) return;
    await api.deletePicture(picture.id);
    removed();
  });
  if (picture.state === "failed") return (
    <li class="card failed">
      <div class="thumb" aria-hidden="true">!</div>
      <strong title={picture.name}>{name}</strong>
      <p class="problem-text">{picture.error}</p>
      <button type="button" class="plain" onClick={remove} aria-label={`Take out ${name}`}>Take out</button>
    </li>
  );
  return (
    <li class="card">
      <a href={`#/picture/${picture.id}`}>
        <img class="thumb" src={api.thumbnail(picture.id)} alt="" draggable={false} loading="lazy" decoding="async" />
        <span class="line"><strong title={picture.name}>{name}</strong>
          <span class="figure">{picture.state === "done" ? number(picture.count) : <small>{picture.state === "counting" ? "counting…" : "waiting"}</small>}</span>
        </span>
        <span class="muted line">
          {picture.edited ? "corrected by hand" : picture.uncertainty >= 0.25 ? "worth a look" : " "}
          {picture.hasTruth && <span>has ground truth</span>}
        </span>
      </a>
    </li>
  );
}
