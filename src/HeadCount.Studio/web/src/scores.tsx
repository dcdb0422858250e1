// How well a project was counted, where a ground truth says how many heads there are.
import { useEffect, useState } from "preact/hooks";
import { api, Problem, type Evaluation, type Project } from "./api";
import { ChooseTruth } from "./truth";
import { ask, attempt, Heading, notify, number, percent, plural, words } from "./ui";

const tenths = (value: number) => value.toLocaleString("en", { maximumFractionDigits: 1 });
const signed = (difference: number) => (difference > 0 ? `+${number(difference)}` : number(difference).replace("-", "\u2212"));

export function Scores({ id }: { id: string }) {
  const [project, setProject] = useState<Project | null>(null), [problem, setProblem] = useState("");
  // Undefined until the answer is there; null: no picture has a ground truth.
  const [scores, setScores] = useState<Evaluation | null | undefined>(undefined);
  const load = () => api.evaluation(id).then(setScores, failure => {
    if (!(failure instanceof Problem && failure.status === 404)) throw failure;
    setScores(null);
  });
  useEffect(() => {
    api.project(id).then(async loaded => {
      document.title = `Scores · ${loaded.name} · HeadCount Studio`;
      setProject(loaded);
      await load();
    }).catch(failure => setProblem(words(failure)));
  }, [id]);

  const takeTruth = () => attempt(async () => {
    const text = "In every counted picture that has one, but those that were corrected by hand. You can then edit the heads like any others.";
    if ((await ask({ title: "Take the truth as heads?", text, button: "Take the truth" })) === null) return;
    const { pictures, heads } = await api.takeAllTruth(id);
    notify(`${plural(heads, "head")} of ${plural(pictures, "picture")} taken from the truth`);
    await load();
  });

  if (problem) return <main class="narrow"><Heading>The scores cannot be shown</Heading><p>{problem}</p><a href={`#/project/${id}`}>To the project</a></main>;
  if (!project || scores === undefined) return <main aria-busy="true" />;
  return (
    <main class="scores">
      <div>
        <nav aria-label="Where you are"><a href="#/">Projects</a> › <a href={`#/project/${id}`}>{project.name}</a></nav>
        <Heading>Scores</Heading>
      </div>
      {scores ? <Figures scores={scores} all={project.done} /> : <p>No counted picture has a ground truth yet, so nothing can be said about how good the counts are.</p>}
      <section class="card truth">
        <h2>{scores ? "More ground truth" : "Upload a ground truth"}</h2>
        <p class="muted">
          Heads marked by people: a table such as CSV with image, x and y, COCO, CVAT, Label Studio and others, one file for each picture
          named after it (GT_IMG_1.mat for IMG_1.jpg), or a ZIP of such files. Pictures are told by their names.
        </p>
        <ChooseTruth project={id} label={scores ? "Choose files" : "Choose annotation files or a ZIP"} style={scores ? "" : "main"} sent={load} />
        {scores && <button type="button" class="plain" onClick={takeTruth}>Take the truth as heads</button>}
      </section>
    </main>
  );
}

function Figures({ scores, all }: { scores: Evaluation; all: number }) {
  const { images, heads, detections, mae, rmse, localization, pictures } = scores;
  return (
    <>
      <p>
        {plural(images, "picture")} {images === 1 ? "has" : "have"} a ground truth{images < all && ` (of ${number(all)} counted)`}: people
        marked {plural(heads, "head")}, the studio counts {number(detections)}.
      </p>
      <section>
        <h2>How far off the counts are</h2>
        <dl class="explained">
          <div><dt>MAE</dt><dd>{tenths(mae)}</dd><dd>On average a count is off by {tenths(mae)} heads, too many or too few alike.</dd></div>
          <div><dt>RMSE</dt><dd>{tenths(rmse)}</dd><dd>The same with large errors weighing more; well above the MAE it means a few pictures are far off.</dd></div>
        </dl>
      </section>
      {localization.map(({ radius, precision, recall, f1 }) => (
        <section key={radius}>
          <h2>Whether each head is where it should be, within {radius} pixels</h2>
          <dl class="explained">
            <div><dt>Precision</dt><dd>{percent(precision)}</dd><dd>Of 100 marks the studio sets, {Math.round(100 * precision)} are on a head.</dd></div>
            <div><dt>Recall</dt><dd>{percent(recall)}</dd><dd>Of 100 heads there are, {Math.round(100 * recall)} are found.</dd></div>
            <div><dt>F1</dt><dd>{percent(f1)}</dd><dd>Precision and recall in one figure; 100 % is every head found and nothing else.</dd></div>
          </dl>
        </section>
      ))}
      <section>
        <h2 id="by-picture">Picture by picture, the worst first</h2>
        <table aria-labelledby="by-picture">
          <thead>
            <tr><th scope="col">Picture</th><th scope="col">Truth</th><th scope="col">Counted</th><th scope="col">Difference</th>
              <th scope="col">F1<small> {localization.at(-1)!.radius} px</small></th></tr>
          </thead>
          <tbody>
            {pictures.map(({ id, name, truth, count, f1 }) => (
              <tr key={id}>
                <th scope="row"><a href={`#/picture/${id}/comparison`}>{name}</a></th>
                <td>{number(truth)}</td><td>{number(count)}</td><td>{signed(count - truth)}</td><td>{percent(f1.at(-1)!)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
