import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api, onKeyNeeded, type Info } from "./api";
import { Gallery } from "./gallery";
import { PicturePage } from "./picture";
import { useRoute } from "./route";
import { Scores } from "./scores";
import { Start } from "./start";
import { attempt, Icon, Messages, words } from "./ui";

const Themes = ["system", "light", "dark"] as const;

function ThemeSwitch() {
  const [theme, setTheme] = useState(() => localStorage.getItem("theme") ?? "system");
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem("theme", theme);
  }, [theme]);
  return (
    <label class="theme" title="Colours of the page">
      <Icon name="sun" />
      <span class="only-heard">Colours</span>
      <select value={theme} onChange={event => setTheme(event.currentTarget.value)}>
        {Themes.map(name => <option value={name} key={name}>{{ system: "As the system", light: "Light", dark: "Dark" }[name]}</option>)}
      </select>
    </label>
  );
}

function KeyForm() {
  const [problem, setProblem] = useState("");
  return (
    <main class="narrow">
      <h1>This studio asks for a key</h1>
      <p>Whoever started it knows the key.</p>
      <form class="row" onSubmit={async event => {
        event.preventDefault();
        try {
          await api.openSession(String(new FormData(event.currentTarget).get("key")));
          location.reload();
        } catch (failure) {
          setProblem(words(failure));
        }
      }}>
        <label class="only-heard" for="key">Key</label>
        <input id="key" name="key" type="password" autocomplete="current-password" required autofocus />
        <button class="main">Open</button>
      </form>
      <p role="alert" class="problem-text">{problem}</p>
    </main>
  );
}

const signOut = () => attempt(async () => {
  await api.closeSession();
  location.reload();
});

function App() {
  const [page, id, part] = useRoute();
  const [needsKey, setNeedsKey] = useState(false), [info, setInfo] = useState<Info | null>(null), [problem, setProblem] = useState("");
  useEffect(() => {
    onKeyNeeded.call = () => setNeedsKey(true);
    api.info().then(setInfo, failure => setProblem(words(failure)));
  }, []);
  return (
    <>
      <header class="top">
        <a href="#/" class="brand"><img src="icon.svg" alt="" width="28" height="28" />HeadCount</a>
        <div class="row">
          {info?.session && !needsKey && <button type="button" class="plain" title={`Signed in as ${info.who}`} onClick={signOut}>Sign out</button>}
          <ThemeSwitch />
        </div>
      </header>
      {needsKey ? <KeyForm />
        : problem ? <main class="narrow"><h1>The studio cannot be reached</h1><p>{problem}</p><button class="main" onClick={() => location.reload()}>Try again</button></main>
        : !info ? <main aria-busy="true" />
        : page === "project" && part === "scores" ? <Scores key={id} id={id} />
        : page === "project" ? <Gallery key={id} id={id} info={info} />
        : page === "picture" ? <PicturePage key={id} id={id} info={info} compared={part === "comparison"} />
        : <Start />}
      <Messages />
    </>
  );
}

document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "system";
render(<App />, document.getElementById("app")!);
