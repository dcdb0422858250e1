// Learning from a project's corrections.
import { useEffect, useState } from "preact/hooks";
import { api, type Improve, type ImproveRun, type Project } from "./api";
import { announce, attempt, number, percent, plural, timeLeft } from "./ui";

const tenths = (value: number) => value.toLocaleString("en", { maximumFractionDigits: 1 });

/** `project` is another whenever it was asked for anew; `run` the latest news of its run, null before any; `checked` how many of its pictures are. */
export function ImproveModel({ project, run: news, checked: seen, changed }: {
  project: Project; run: ImproveRun | null; checked: number; changed: (project: Project) => void;
}) {
  const [improve, setImprove] = useState<Improve | null>(null);
  const load = () => api.improve(project.id).then(setImprove);
  useEffect(() => void attempt(load), [project, seen]);
  useEffect(() => {
    if (!news) return;
    setImprove(known => known && { ...known, run: news });
    if (news.state === "done") announce("The improved model is ready");
  }, [news]);
  if (!improve) return null;

  const { checked, needed, missing, run } = improve, running = run.state === "running";
  const start = () => attempt(async () => setImprove(await api.startImproving(project.id)));
  const stop = () => attempt(async () => {
    await api.stopImproving(project.id);
    await load();
  });
  const use = (model: string | null) => attempt(async () => changed(await api.setModel(project.id, model)));
  return (
    <details class="improve" open={run.state !== "none"}>
      <summary>Improve the model</summary>
      <div class="card">
        {!running && <p class="muted">
          {checked === 0 ? "No picture of this project is checked yet" : `The model would learn from ${plural(checked, "picture")} that you have corrected or given the truth of`}.
          {checked < needed && ` It needs at least ${needed}.`}
        </p>}
        {!running && (missing ? <p class="muted">{missing}</p> : (
          <div><button type="button" disabled={checked < needed} onClick={start}>Improve the model with my corrections</button></div>
        ))}
        {running && (
          <div class="progress">
            <label for="improving">
              {run.step === 0 ? "Getting ready" : run.step < run.steps ? `Learning: step ${number(run.step)} of ${number(run.steps)}` : "Trying it on the pictures held back"}
              {run.secondsLeft !== null && run.step < run.steps && ` · ${timeLeft(run.secondsLeft)}`}
            </label>
            <progress id="improving" value={run.step} max={run.steps} />
            <div><button type="button" class="plain" onClick={stop}>Stop</button></div>
          </div>
        )}
        {run.state === "failed" && <p class="problem-text" role="alert">The model was not improved. {run.problem}</p>}
        {run.state === "done" && <Result run={run} />}
        {run.state === "done" && run.model !== project.model && (
          <div><button type="button" class={run.isBetter ? "main" : ""} onClick={() => use(run.model)}>Use this model for this project</button></div>
        )}
        {project.model !== null && (
          <p class="row">
            New pictures and recounts of this project use {project.model === run.model ? "this model" : project.model}.
            <button type="button" class="plain" onClick={() => use(null)}>Back to the studio's model</button>
          </p>
        )}
      </div>
    </details>
  );
}

function Result({ run: { pictures, heldBack, before, after, isBetter } }: { run: ImproveRun }) {
  return (
    <>
      <p>
        <strong>{isBetter ? "The new model is better." : "The new model is no better; keep the one you have, or correct more pictures."}</strong>
        {` It learnt from ${plural(pictures, "picture")} and was tried on ${heldBack} that it had not seen.`}
      </p>
      <dl class="explained">
        <div><dt>Before</dt><dd>{tenths(before!.mae)}</dd><dd>heads a count was off by on average; heads found where they are (F1): {percent(before!.f1)}</dd></div>
        <div><dt>After</dt><dd>{tenths(after!.mae)}</dd><dd>heads a count is off by on average; heads found where they are (F1): {percent(after!.f1)}</dd></div>
      </dl>
    </>
  );
}
