// The address after #: "" is the start, "project/ID" a gallery, "picture/ID" a picture.
import { useEffect, useState } from "preact/hooks";

export const go = (to: string) => void (location.hash = `#/${to}`);

export function useRoute(): [page: string, id: string] {
  const read = (): [string, string] => {
    const [page = "", id = ""] = location.hash.replace(/^#\/?/, "").split("/");
    return [page, id];
  };
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const changed = () => setRoute(read());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return route;
}
