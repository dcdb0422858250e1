// Where a ground truth is chosen.
import { useRef } from "preact/hooks";
import { api, type TruthAnswer } from "./api";
import { announce, attempt, plural } from "./ui";

/** Sends annotation files, or ZIPs of them, to a project; what none of its pictures goes by is said. */
export function ChooseTruth({ project, label, style = "", sent }: {
  project: string; label: string; style?: string; sent: (answer: TruthAnswer) => Promise<void>;
}) {
  const file = useRef<HTMLInputElement>(null);
  const upload = (input: HTMLInputElement) => attempt(async () => {
    const files = [...(input.files ?? [])];
    input.value = "";
    const answer = await api.uploadTruth(project, files), { pictures, heads, unmatched } = answer;
    if (pictures === 0) throw new Error(`No picture of this project goes by the names in that file${unmatched.length ? `: ${unmatched.slice(0, 3).join(", ")}` : ""}`);
    announce(`${plural(heads, "head")} for ${plural(pictures, "picture")}`);
    await sent(answer);
  });
  return (
    <>
      <button type="button" class={style} onClick={() => file.current!.click()}>{label}</button>
      <input ref={file} type="file" multiple hidden aria-label="Ground truth" onChange={event => upload(event.currentTarget)} />
    </>
  );
}
