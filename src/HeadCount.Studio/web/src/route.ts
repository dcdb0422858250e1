// The address after #: "" is the start, "project/ID" a gallery, "project/ID/scores" how well it was
// counted, "picture/ID" a picture, "picture/ID/comparison" the same beside its ground truth.
import { useEffect, useState } from "preact/hooks";

export const go = (to: string) => void (location.hash = `#/${to}`);

export function useRoute(): [page: string, id: string, part: string] {
  const read = (): [string, string, string] => {
    const [page = "", id = "", part = ""] = location.hash.replace(/^#\/?/, "").split("/");
    return [page, id, part];
  };
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const changed = () => setRoute(read());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return route;
}
