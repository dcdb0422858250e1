// Small things that every page uses.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

export const number = (value: number) => value.toLocaleString("en");
export const plural = (count: number, one: string, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;
export const percent = (share: number) => `${Math.round(100 * share)} %`;
export const words = (problem: unknown) => (problem instanceof Error ? problem.message : String(problem));

export function timeLeft(seconds: number): string {
  if (seconds < 10) return "a few seconds left";
  if (seconds < 90) return `about ${10 * Math.round(seconds / 10)} seconds left`;
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} minutes left`;
  return `about ${Math.round(seconds / 3600)} hours left`;
}

/** Says something to those who listen to the page. */
export function announce(text: string) {
  const region = document.getElementById("live");
  if (region) region.textContent = text;
}

const Icons = {
  add: "M12 5v14M5 12h14",
  back: "M15 5l-7 7 7 7",
  erase: "M8 19h11M4 15l9-9 6 6-7 7H8z",
  next: "M9 5l7 7-7 7",
  out: "M5 12h14",
  redo: "M15 6l4 4-4 4M19 10H10a5 5 0 0 0 0 10h3",
  select: "M6 4l12 8-6 1-3 6z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M4 12H2M22 12h-2M5 5l1.5 1.5M17.5 17.5L19 19M5 19l1.5-1.5M17.5 6.5L19 5",
  undo: "M9 6l-4 4 4 4M5 10h9a5 5 0 0 1 0 10h-3",
  upload: "M12 16V4M7 9l5-5 5 5M4 20h16",
  whole: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  zone: "M5 8l8-4 7 7-4 9-9-3z",
};

export function Icon({ name }: { name: keyof typeof Icons }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={Icons[name]} />
    </svg>
  );
}

/** A button that shows an icon and says what it does. */
export function IconButton({ icon, label, keys, ...rest }: { icon: keyof typeof Icons; label: string; keys?: string } & JSX.IntrinsicElements["button"]) {
  return (
    <button type="button" class="tool" aria-label={label} title={keys ? `${label} (${keys})` : label} {...rest}>
      <Icon name={icon} />
    </button>
  );
}

interface Question {
  title: string;
  text?: string;
  /** The text to change, where one is asked for. */
  value?: string;
  button: string;
  danger?: boolean;
}

let showQuestion: (question: Question, answer: (value: string | null) => void) => void = () => {};

/** Asks in a dialogue; null: no. */
export const ask = (question: Question) => new Promise<string | null>(resolve => showQuestion(question, resolve));

let showNotice: (text: string, isProblem: boolean) => void = () => {};

/** Says something for a while at the foot of the page. */
export function notify(text: string, isProblem = false) {
  announce(text);
  showNotice(text, isProblem);
}

/** Runs what a button asks for and says what went wrong. */
export const attempt = (action: () => Promise<unknown>) => action().catch(problem => notify(words(problem), true));

/** Where questions and notices appear; once in the page. */
export function Messages() {
  const [asked, setAsked] = useState<{ question: Question; answer: (value: string | null) => void; from: Element | null } | null>(null);
  const [notice, setNotice] = useState<{ text: string; isProblem: boolean } | null>(null);
  useEffect(() => {
    showQuestion = (question, answer) => setAsked({ question, answer, from: document.activeElement });
    showNotice = (text, isProblem) => setNotice({ text, isProblem });
  }, []);
  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(() => setNotice(null), notice.isProblem ? 12000 : 5000);
    return () => clearTimeout(timer);
  }, [notice]);

  const finish = (value: string | null) => {
    asked?.answer(value);
    setAsked(null);
    // Back to the button that asked, once the dialogue is gone.
    const from = asked?.from;
    setTimeout(() => { if (from instanceof HTMLElement) from.focus({ preventScroll: true }); });
  };
  return (
    <>
      <div id="live" class="only-heard" aria-live="polite" />
      {notice && (
        <div class={notice.isProblem ? "notice problem" : "notice"}>
          <span>{notice.text}</span>
          <button type="button" class="plain" onClick={() => setNotice(null)}>Close</button>
        </div>
      )}
      {asked && (
        <dialog ref={dialog => { if (dialog && !dialog.open) dialog.showModal(); }} onCancel={() => finish(null)} aria-labelledby="question">
          <form method="dialog" onSubmit={event => {
            event.preventDefault();
            finish(asked.question.value === undefined ? "" : String(new FormData(event.currentTarget).get("value")).trim() || null);
          }}>
            <h2 id="question">{asked.question.title}</h2>
            {asked.question.text && <p>{asked.question.text}</p>}
            {asked.question.value !== undefined && (
              <input name="value" defaultValue={asked.question.value} maxLength={100} required aria-labelledby="question" autofocus />
            )}
            <div class="row end">
              <button type="button" onClick={() => finish(null)}>Cancel</button>
              <button type="submit" class={asked.question.danger ? "danger" : "main"}>{asked.question.button}</button>
            </div>
          </form>
        </dialog>
      )}
    </>
  );
}

/** The heading that gets the focus when its page opens, so that it is read out and Tab goes on from there. */
export function Heading({ children }: { children: ComponentChildren }) {
  return <h1 tabIndex={-1} ref={heading => { if (heading && document.activeElement === document.body) heading.focus({ preventScroll: true }); }}>{children}</h1>;
}
