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
  for (const file of files) {
    const form = new FormData();
    if (typeof file === "string") form.append("file", new Blob([readFileSync(file)]), file.split("/").at(-1));
    else form.append("file", new Blob([file.bytes]), file.name);
    pictures.push(...(await call("POST", `projects/${project.id}/pictures`, form)));
  }
  for (const [i, picture] of pictures.entries()) {
    while (["queued", "counting"].includes(pictures[i].state)) {
      await new Promise(resolve => setTimeout(resolve, 100));
      pictures[i] = await call("GET", `pictures/${picture.id}`);
    }
  }
  return { project, pictures, call };
}
