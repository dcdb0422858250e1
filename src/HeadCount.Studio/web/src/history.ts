// What has been done to a picture, step by step, and how it is taken back.

export interface Step {
  of: "heads" | "zones";
  run(): void;
  runBack(): void;
}

export type History = ReturnType<typeof createHistory>;

export function createHistory() {
  let done: Step[] = [], undone: Step[] = [];
  return {
    get canUndo() { return done.length > 0; },
    get canRedo() { return undone.length > 0; },
    perform(step: Step) {
      step.run();
      done.push(step);
      undone = [];
    },
    /** Answers what was changed. */
    undo(): Step["of"] | null {
      const step = done.pop();
      if (!step) return null;
      step.runBack();
      undone.push(step);
      return step.of;
    },
    redo(): Step["of"] | null {
      const step = undone.pop();
      if (!step) return null;
      step.run();
      done.push(step);
      return step.of;
    },
    /** Drops the steps of what has been loaded anew. */
    forget(what: Step["of"]) {
      [done, undone] = [done, undone].map(steps => steps.filter(step => step.of !== what));
    },
  };
}
