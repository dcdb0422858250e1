// Where pictures are dropped or chosen.
import { useEffect, useRef, useState } from "preact/hooks";
import { forgetUploads, filesOfDrop, filesOfInput, onUpload, retryUploads, uploadInto, uploads } from "./upload";
import { attempt, Icon, percent, plural } from "./ui";
import { go } from "./route";

async function take(project: string | null, files: { file: File; name: string }[]) {
  const id = await uploadInto(project, files);
  if (!project) go(`project/${id}`);
}

/** Buttons to choose pictures or a folder. */
export function Choose({ project, main }: { project: string | null; main?: boolean }) {
  const files = useRef<HTMLInputElement>(null), folder = useRef<HTMLInputElement>(null);
  const taken = (event: Event) => attempt(() => take(project, filesOfInput(event.currentTarget as HTMLInputElement)));
  return (
    <div class="row">
      <button type="button" class={main ? "main" : ""} onClick={() => files.current!.click()}><Icon name="upload" />{main ? "Choose pictures" : "Add pictures"}</button>
      <button type="button" onClick={() => folder.current!.click()}>{main ? "Choose a folder" : "Add a folder"}</button>
      <input ref={files} type="file" multiple hidden onChange={taken} aria-label="Pictures" />
      <input ref={input => { folder.current = input; if (input) input.webkitdirectory = true; }} type="file" multiple hidden onChange={taken} aria-label="Folder" />
    </div>
  );
}

/** Takes what is dropped anywhere on the page, and says so while it hovers. */
export function DropAnywhere({ project }: { project: string | null }) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    let depth = 0;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files");
    const handlers: [string, (event: DragEvent) => void][] = [
      ["dragenter", event => { if (hasFiles(event)) { depth++; setOver(true); } }],
      ["dragleave", event => { if (hasFiles(event) && --depth <= 0) { depth = 0; setOver(false); } }],
      ["dragover", event => event.preventDefault()],
      ["drop", event => {
        event.preventDefault();
        depth = 0;
        setOver(false);
        if (event.dataTransfer && hasFiles(event)) attempt(async () => take(project, await filesOfDrop(event.dataTransfer!)));
      }],
    ];
    for (const [type, handler] of handlers) addEventListener(type, handler as EventListener);
    return () => {
      for (const [type, handler] of handlers) removeEventListener(type, handler as EventListener);
    };
  }, [project]);
  return over ? <div class="drop-over"><p>Drop to count</p></div> : null;
}

/** How far the pictures on their way are, and those that could not be sent. */
export function UploadProgress() {
  const [, tick] = useState(0);
  useEffect(() => onUpload(() => tick(n => n + 1)), []);
  const moving = uploads.list.filter(upload => !upload.problem), stuck = uploads.list.filter(upload => upload.problem);
  return (
    <>
      {moving.length > 0 && (
        <div class="progress">
          <label for="sending">Sending {plural(moving.length, "picture")} · {percent(uploads.sentBytes / Math.max(1, uploads.allBytes))}</label>
          <progress id="sending" value={uploads.sentBytes} max={Math.max(1, uploads.allBytes)} />
        </div>
      )}
      {stuck.length > 0 && (
        <div class="card problem-card" role="alert">
          <strong>{plural(stuck.length, "picture")} could not be sent</strong>
          <ul>{stuck.slice(0, 10).map(upload => <li key={upload.name}>{upload.name}: {upload.problem}</li>)}</ul>
          <div class="row">
            <button type="button" onClick={retryUploads}>Try again</button>
            <button type="button" class="plain" onClick={forgetUploads}>Leave them out</button>
          </div>
        </div>
      )}
    </>
  );
}
