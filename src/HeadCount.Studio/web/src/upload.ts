// Pictures on their way to the studio: one request each, a few at once.
import { api, problemOf, type Picture } from "./api";
import { announce, plural, words } from "./ui";

export interface Upload {
  file: File;
  /** Path inside the folder that was dropped. */
  name: string;
  project: string;
  sent: number;
  problem: string | null;
}

const AtOnce = 3, Suffixes = /\.(jpe?g|png|webp|tiff?|gif|avif|heic|heif|bmp)$/i;

/** All that waits, is on its way or could not be sent. */
export const uploads: { list: Upload[]; sentBytes: number; allBytes: number; sent: number } = { list: [], sentBytes: 0, allBytes: 0, sent: 0 };

const listeners = new Set<(added: Picture[]) => void>();
let running = 0;

/** Calls back when something moves, with the pictures that have arrived. */
export function onUpload(listener: (added: Picture[]) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

const tell = (added: Picture[] = []) => listeners.forEach(listener => listener(added));

export function startUpload(project: string, files: { file: File; name: string }[]) {
  if (uploads.list.every(upload => upload.problem)) [uploads.sentBytes, uploads.allBytes, uploads.sent] = [0, 0, 0];
  for (const { file, name } of files) {
    uploads.list.push({ file, name, project, sent: 0, problem: null });
    uploads.allBytes += file.size;
  }
  announce(`Sending ${plural(files.length, "picture")}`);
  tell();
  pump();
}

export function retryUploads() {
  for (const upload of uploads.list) upload.problem = null;
  tell();
  pump();
}

export function forgetUploads() {
  uploads.list = uploads.list.filter(upload => !upload.problem);
  tell();
}

const started = new Set<Upload>();

function pump() {
  for (const upload of uploads.list) {
    if (running >= AtOnce) return;
    if (upload.problem || started.has(upload)) continue;
    started.add(upload);
    running++;
    void send(upload)
      .then(added => {
        uploads.list = uploads.list.filter(other => other !== upload);
        uploads.sent++;
        tell(added);
      })
      .catch(problem => {
        uploads.sentBytes -= upload.sent;
        [upload.sent, upload.problem] = [0, words(problem)];
        tell();
      })
      .finally(() => {
        started.delete(upload);
        running--;
        pump();
      });
  }
}

// fetch tells nothing of how much has been sent.
function send(upload: Upload): Promise<Picture[]> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest(), form = new FormData();
    form.append("file", upload.file, upload.name);
    call.upload.onprogress = event => {
      const sent = Math.min(event.loaded, upload.file.size);
      uploads.sentBytes += sent - upload.sent;
      upload.sent = sent;
      tell();
    };
    call.onerror = () => reject(new Error("The studio does not answer, or it refused the file"));
    call.onload = () => {
      if (call.status === 201) resolve(JSON.parse(call.responseText) as Picture[]);
      else reject(problemOf(call.status, call.responseText));
    };
    call.open("POST", `api/projects/${upload.project}/pictures`);
    call.send(form);
  });
}

addEventListener("beforeunload", event => {
  if (uploads.list.some(upload => !upload.problem)) event.preventDefault();
});

// Dropped folders hold more than pictures; of what is chosen by hand, the server says what it cannot read.
async function walk(entry: FileSystemEntry, path: string, into: { file: File; name: string }[]) {
  if (entry.isFile) {
    if (path && !Suffixes.test(entry.name)) return;
    into.push({ file: await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)), name: path + entry.name });
  } else {
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    // A reader hands out a hundred at a time.
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) break;
      for (const inner of some) await walk(inner, `${path}${entry.name}/`, into);
    }
  }
}

export async function filesOfDrop(transfer: DataTransfer) {
  // Taken before the first await, after which the browser forgets them.
  const dropped = [...transfer.items].map(item => item.webkitGetAsEntry() ?? item.getAsFile());
  const files: { file: File; name: string }[] = [];
  for (const one of dropped) {
    if (one instanceof File) files.push({ file: one, name: one.name });
    else if (one) await walk(one, "", files);
  }
  return files.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
}

export const filesOfInput = (input: HTMLInputElement) => {
  const files = [...(input.files ?? [])]
    .filter(file => !file.webkitRelativePath || Suffixes.test(file.name))
    .map(file => ({ file, name: file.webkitRelativePath || file.name }));
  input.value = "";
  return files;
};

/** Makes a project named after today where none is given, and starts; answers the project's ID. */
export async function uploadInto(project: string | null, files: { file: File; name: string }[]): Promise<string> {
  if (files.length === 0) throw new Error("There is no picture in what you chose. JPEG, PNG, WebP, TIFF, GIF and AVIF are read");
  const today = new Date();
  const id = project ?? (await api.createProject(
    today.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" }))).id;
  startUpload(id, files);
  return id;
}
