// The first page: drop pictures, or go on with a project.
import { useEffect, useState } from "preact/hooks";
import { api, type Project } from "./api";
import { Choose, DropAnywhere } from "./drop";
import { ask, attempt, Heading, number, plural, words } from "./ui";

export function Start() {
  const [projects, setProjects] = useState<Project[] | null>(null), [problem, setProblem] = useState("");
  const load = () => api.projects().then(setProjects, failure => setProblem(words(failure)));
  useEffect(() => {
    document.title = "HeadCount Studio";
    void load();
  }, []);

  return (
    <main class="start">
      <DropAnywhere project={null} />
      <section class="drop" aria-labelledby="drop">
        <div id="drop"><Heading>How many people are there?</Heading></div>
        <p>Drop pictures or a folder here. They stay on the machine that runs this studio.</p>
        <Choose project={null} main />
      </section>
      {problem && <p role="alert" class="problem-text">{problem}</p>}
      {projects && projects.length > 0 && (
        <section aria-labelledby="projects">
          <h2 id="projects">Projects</h2>
          <ul class="projects">
            {projects.map(project => (
              <li key={project.id} class="card">
                <a href={`#/project/${project.id}`}>
                  <strong>{project.name}</strong>
                  <span class="muted">
                    {plural(project.pictures, "picture")} · {new Date(project.created).toLocaleDateString(undefined, { dateStyle: "medium" })}
                    {project.done + project.failed < project.pictures && " · counting"}
                  </span>
                </a>
                <span class="figure">{number(project.heads)}<small>heads</small></span>
                <ProjectButtons project={project} changed={load} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </main>
  );
}

export function ProjectButtons({ project, changed, deleted = changed }: { project: Project; changed: () => void; deleted?: () => void }) {
  const rename = () => attempt(async () => {
    const name = await ask({ title: "Rename the project", value: project.name, button: "Rename" });
    if (name === null) return;
    await api.renameProject(project.id, name);
    changed();
  });
  const remove = () => attempt(async () => {
    const text = `Its ${plural(project.pictures, "picture")}, counts and corrections are deleted for good. Your own files stay where they are.`;
    if ((await ask({ title: `Delete “${project.name}”?`, text, button: "Delete", danger: true })) === null) return;
    await api.deleteProject(project.id);
    deleted();
  });
  return (
    <span class="row quiet">
      <button type="button" class="plain" onClick={rename} aria-label={`Rename ${project.name}`}>Rename</button>
      <button type="button" class="plain" onClick={remove} aria-label={`Delete ${project.name}`}>Delete</button>
    </span>
  );
}
