// Starts the studio on a folder of its own, and a browser to use it with.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const root = join(import.meta.dirname, "..", "..");
const program = process.env.HEADCOUNT_STUDIO ?? join(root, "artifacts/bin/HeadCount.Studio/release/HeadCount.Studio.dll");

export const sample = number => join(root, `samples/images/scene_0000${number}.jpg`);
export const annotations = join(root, "samples/annotations.csv");

/** A running studio; end it with stop(). */
export async function startStudio(...options) {
  const data = mkdtempSync(join(tmpdir(), "headcount-web-"));
  const server = spawn("dotnet", [program, "--data", data, "--url", "http://127.0.0.1:0", ...options], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  const address = await new Promise((resolve, reject) => {
    server.stderr.on("data", chunk => {
      said += chunk;
      const found = /open at (\S+)/.exec(said);
      if (found) resolve(found[1]);
    });
    server.on("exit", code => reject(new Error(`the studio ended with ${code}: ${said}`)));
  });
  return {
    address,
    stop: () => new Promise(resolve => {
      server.on("exit", () => {
        rmSync(data, { recursive: true, force: true });
        resolve();
      });
      server.kill("SIGTERM");
    }),
  };
}

export const startBrowser = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

/** A fresh page; its errors, refusals of the content policy among them, gather in `errors`. */
export async function openPage(browser, address, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true, baseURL: address, ...options });
  const page = await context.newPage(), errors = [];
  page.on("console", message => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", error => errors.push(error.message));
  await page.goto("/");
  return { page, errors, context };
}

/** Asks again and again until an answer does; each question is a call to the studio, which takes its time. */
export async function until(condition) {
  for (;;) {
    const answer = await condition();
    if (answer) return answer;
  }
}

/** A project's news as they come: [type, data]. Once `hello` has come, none is missed. */
async function* news(address, project, signal) {
  const response = await fetch(`${address}/api/projects/${project}/events`, { signal });
  let text = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
      const [, type, data] = /^event: (.*)\ndata: (.*)$/s.exec(text.slice(0, end));
      yield [type, JSON.parse(data)];
    }
  }
}

/** A project made over REST with counted pictures: paths, or names and bytes. */
export async function makeProject(address, name, ...files) {
  const call = async (method, path, body) => {
    const form = body instanceof FormData;
    const response = await fetch(`${address}/api/${path}`, {
      method,
      body: body && !form ? JSON.stringify(body) : body,
      headers: body && !form ? { "Content-Type": "application/json" } : {},
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? null : response.json();
  };
  const project = await call("POST", "projects", { name }), pictures = [];
  /** Uploads a file; answers its picture once that is counted. */
  const upload = async file => {
    const form = new FormData(), line = new AbortController();
    if (typeof file === "string") form.append("file", new Blob([readFileSync(file)]), file.split("/").at(-1));
    else form.append("file", new Blob([file.bytes]), file.name);
    let picture;
    for await (const [type, data] of news(address, project.id, line.signal)) {
      if (type === "hello") [picture] = await call("POST", `projects/${project.id}/pictures`, form);
      else if (type === "picture" && data.id === picture.id) picture = data;
      if (["done", "failed"].includes(picture?.state)) break;
    }
    line.abort();
    return picture;
  };
  for (const file of files) pictures.push(await upload(file));
  return { project, pictures, call, upload };
}
