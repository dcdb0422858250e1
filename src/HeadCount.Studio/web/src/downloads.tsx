// Everything that can be taken away.
import { request } from "./api";
import { attempt, notify } from "./ui";

const Names: Record<string, string> = {
  csv: "Table (CSV)",
  json: "JSON",
  geojson: "GeoJSON",
  overlay: "Picture with marks (PNG)",
  coco: "COCO",
  yolo: "YOLO",
  labelstudio: "Label Studio",
  "label-studio": "Label Studio",
  cvat: "CVAT",
  labelme: "LabelMe",
  via: "VIA",
  parquet: "Parquet",
  shanghaitech: "ShanghaiTech (MATLAB)",
  nwpu: "NWPU-Crowd",
  "nwpu-points": "Points as text (NWPU)",
  training: "Training data (pictures and heads)",
};

/** Fetched rather than linked to, so that a refusal is said in words. */
export const download = (path: string) => attempt(async () => {
  notify("The download is being made…");
  const response = await request("GET", path);
  const disposition = response.headers.get("Content-Disposition") ?? "";
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = encoded ? decodeURIComponent(encoded) : /filename="?([^";]+)/i.exec(disposition)?.[1] ?? "headcount";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  notify(`${link.download} is downloaded`);
});

/** A menu of formats; `of` is projects/ID or pictures/ID. */
export function Downloads({ of, formats }: { of: string; formats: string[] }) {
  return (
    <details class="menu" onKeyDown={event => {
      if (event.key !== "Escape") return;
      event.currentTarget.open = false;
      event.currentTarget.querySelector("summary")!.focus();
    }}>
      <summary>Download</summary>
      <ul>
        {formats.map(format => (
          <li key={format}>
            <button type="button" class="plain" onClick={event => {
              event.currentTarget.closest("details")!.open = false;
              void download(`${of}/export?format=${format}`);
            }}>{Names[format] ?? format}</button>
          </li>
        ))}
      </ul>
    </details>
  );
}
