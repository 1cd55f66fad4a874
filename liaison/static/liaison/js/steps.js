// A wizard in one page: sections marked data-step, one shown at a time; marks above say where one is.

/** Show the step, mark progress, move focus to its heading. `marks` lists the data-step-mark names in order. */
export function showStep(root, name, mark = name) {
  for (const section of root.querySelectorAll("[data-step]")) section.hidden = section.dataset.step !== name;
  const marks = [...root.querySelectorAll("[data-step-mark]")];
  const at = marks.findIndex((node) => node.dataset.stepMark === mark);
  marks.forEach((node, place) => {
    if (at < 0) return;
    node.toggleAttribute("aria-current", false);
    delete node.dataset.state;
    if (place < at) node.dataset.state = "done";
    if (place === at) node.setAttribute("aria-current", "step");
  });
  const heading = root.querySelector(`[data-step="${name}"] h1`);
  if (heading) {
    heading.tabIndex = -1;
    heading.focus();
  }
}

export function showProblem(root, text) {
  const node = root.querySelector('[data-part="problem"]');
  node.hidden = !text;
  node.querySelector("p").textContent = text || "";
}
