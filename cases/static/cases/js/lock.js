// What can be signed shows its button when the keys are open, and the way to open them when they are not.

import { strongroom } from "liaison/strongroom.js";

export function followLock(root = document) {
  const show = () => {
    for (const node of root.querySelectorAll("[data-show-when]")) node.hidden = node.dataset.showWhen !== strongroom.state;
  };
  strongroom.addEventListener("open", show);
  strongroom.addEventListener("lock", show);
  show();
  strongroom.resume().then(show);
}
