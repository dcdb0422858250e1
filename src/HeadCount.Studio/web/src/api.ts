// The studio's REST service, as the page uses it.

export interface Info {
  version: string;
  /** The name of the caller's key. */
  who: string;
  /** Whether this browser is signed in, and can sign out. */
  session: boolean;
  models: { name: string; version: string; threshold: number; isDefault: boolean }[];
  limits: { uploadBytes: number; pixels: number; pixelsAtOnce: number; keepDays: number | null };
  exports: string[];
}

export interface Project {
  id: string;
  name: string;
  created: string;
  pictures: number;
  done: number;
  failed: number;
  heads: number;
  /** What its pictures are counted with; null: the studio's own model. */
  model: string | null;
}

/** Learning from a project's corrections: the latest run. */
export interface ImproveRun {
  state: "none" | "running" | "done" | "failed";
  step: number;
  steps: number;
  secondsLeft: number | null;
  pictures: number;
  heldBack: number;
  before: { mae: number; f1: number } | null;
  after: { mae: number; f1: number } | null;
  isBetter: boolean;
  model: string | null;
  problem: string | null;
}

export interface Improve {
  /** Pictures that people have corrected or have a truth of, and the fewest to learn from. */
  checked: number;
  needed: number;
  /** What to do where the training program is not installed. */
  missing: string | null;
  run: ImproveRun;
}

export interface Picture {
  id: string;
  projectId: string;
  name: string;
  width: number;
  height: number;
  bytes: number;
  state: "queued" | "counting" | "done" | "failed";
  error: string | null;
  progress: number | null;
  count: number;
  densitySum: number | null;
  threshold: number;
  uncertainty: number;
  edited: boolean;
  hasTruth: boolean;
  revision: number;
  model: string;
}

/** x and y in pixels of the upright picture. */
export type Point = [number, number];

export interface Candidates {
  lowest: number;
  threshold: number;
  x: number[];
  y: number[];
  score: number[];
}

export interface HeadsAnswer {
  revision: number;
  edited: boolean;
  heads: Point[];
}

export interface Zone {
  name: string;
  points: Point[];
}

export interface Comparison {
  radius: number;
  hits: Point[];
  misses: Point[];
  falseAlarms: Point[];
  precision: number;
  recall: number;
  f1: number;
}

/** A project's counted pictures beside their ground truth. */
export interface Evaluation {
  images: number;
  heads: number;
  detections: number;
  mae: number;
  rmse: number;
  localization: { radius: number; precision: number; recall: number; f1: number }[];
  /** The worst first; f1 at each of the radii. */
  pictures: { id: string; name: string; truth: number; count: number; f1: number[] }[];
}

export interface TruthAnswer {
  pictures: number;
  heads: number;
  /** The first hundred names that no picture goes by, and how many there are. */
  unmatched: string[];
  unmatchedCount: number;
}

/** An answer that is no success, in the server's plain words; status 0: no answer came. */
export class Problem extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** What to do when the server asks for a key. */
export const onKeyNeeded = { call: () => {} };

/** The words of a problem answer. */
export function problemOf(status: number, body: string): Problem {
  if (status === 401) onKeyNeeded.call();
  try {
    const { title, detail } = JSON.parse(body) as { title?: string; detail?: string };
    if (title) return new Problem(status, detail ? `${title}. ${detail}` : title);
  } catch {
    // No problem document: the status is all there is.
  }
  if (status === 413) return new Problem(status, "The file is larger than the studio takes");
  return new Problem(status, `The studio answered with error ${status}`);
}

export async function request(method: string, path: string, body?: unknown): Promise<Response> {
  const form = body instanceof FormData;
  let response: Response;
  try {
    response = await fetch(`api/${path}`, {
      method,
      body: body === undefined ? undefined : form ? body : JSON.stringify(body),
      headers: body === undefined || form ? {} : { "Content-Type": "application/json" },
    });
  } catch {
    throw new Problem(0, "The studio does not answer. Is it still running?");
  }
  if (!response.ok) throw problemOf(response.status, await response.text());
  return response;
}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await request(method, path, body);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

const form = (files: Iterable<File>) => {
  const data = new FormData();
  for (const file of files) data.append("file", file, file.name);
  return data;
};

/**
 * Calls back with a project's news while the page is seen: a browser has few lines to one host, and tabs behind would keep them
 * all. `hello` comes whenever the line stands anew: what happened before is to be asked for then.
 */
export function listen(project: string, on: Record<string, (news: never) => void>): () => void {
  let line: EventSource | null = null, timer = 0;
  const close = () => {
    clearTimeout(timer);
    line?.close();
    line = null;
  };
  const open = () => {
    close();
    if (document.hidden) return;
    line = new EventSource(`api/projects/${project}/events`);
    for (const type in on) line.addEventListener(type, event => on[type](JSON.parse((event as MessageEvent<string>).data) as never));
    // It comes back by itself but where the answer was a refusal, as of a proxy while the studio starts.
    line.onerror = () => { if (line?.readyState === EventSource.CLOSED) timer = window.setTimeout(open, 3000); };
  };
  const turned = () => (document.hidden ? close() : open());
  document.addEventListener("visibilitychange", turned);
  open();
  return () => {
    document.removeEventListener("visibilitychange", turned);
    close();
  };
}

export const api = {
  info: () => call<Info>("GET", "info"),
  openSession: (key: string) => call<void>("POST", "session", { key }),
  closeSession: () => call<void>("DELETE", "session"),

  projects: () => call<Project[]>("GET", "projects"),
  project: (id: string) => call<Project>("GET", `projects/${id}`),
  createProject: (name: string) => call<Project>("POST", "projects", { name }),
  renameProject: (id: string, name: string) => call<Project>("PATCH", `projects/${id}`, { name }),
  deleteProject: (id: string) => call<void>("DELETE", `projects/${id}`),
  pictures: (project: string) => call<Picture[]>("GET", `projects/${project}/pictures`),
  uploadTruth: (project: string, files: Iterable<File>) => call<TruthAnswer>("POST", `projects/${project}/truth`, form(files)),
  takeAllTruth: (project: string) => call<{ pictures: number; heads: number }>("POST", `projects/${project}/heads/truth`),
  improve: (project: string) => call<Improve>("GET", `projects/${project}/improve`),
  startImproving: (project: string) => call<Improve>("POST", `projects/${project}/improve`),
  stopImproving: (project: string) => call<void>("DELETE", `projects/${project}/improve`),
  setModel: (project: string, model: string | null) => call<Project>("PUT", `projects/${project}/model`, { model }),
  evaluation: (project: string) => call<Evaluation>("GET", `projects/${project}/evaluation?radius=4,8`),

  picture: (id: string) => call<Picture>("GET", `pictures/${id}`),
  deletePicture: (id: string) => call<void>("DELETE", `pictures/${id}`),
  setThreshold: (id: string, threshold: number | null) => call<Picture>("PATCH", `pictures/${id}`, { threshold }),
  recount: (id: string, model: string | null) => call<Picture>("POST", `pictures/${id}/recount`, { model }),
  candidates: (id: string) => call<Candidates>("GET", `pictures/${id}/candidates`),
  heads: (id: string) => call<HeadsAnswer>("GET", `pictures/${id}/heads`),
  putHeads: (id: string, revision: number, heads: Point[]) => call<HeadsAnswer>("PUT", `pictures/${id}/heads`, { revision, heads }),
  revertHeads: (id: string) => call<HeadsAnswer>("DELETE", `pictures/${id}/heads`),
  takeTruth: (id: string) => call<HeadsAnswer>("POST", `pictures/${id}/heads/truth`),
  zones: (id: string) => call<Zone[]>("GET", `pictures/${id}/zones`),
  putZones: (id: string, zones: Zone[]) => call<Zone[]>("PUT", `pictures/${id}/zones`, zones),
  compare: (id: string, radius: number) => call<Comparison>("GET", `pictures/${id}/comparison?radius=${radius}`),

  thumbnail: (id: string) => `api/pictures/${id}/thumbnail`,
  tiles: (id: string) => `api/pictures/${id}/tiles.dzi`,
  heatMap: (picture: Picture) => `api/pictures/${picture.id}/heatmap?revision=${picture.revision}`,
};
