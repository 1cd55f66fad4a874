// The title of the window: what is open, and before it how many unread messages call this officer.

let words = document.title;
let called = 0;

function draw() {
  document.title = called ? `(@${called}) ${words}` : words;
}

export function nameWindow(text) {
  words = text;
  draw();
}

export function callsInTitle(many) {
  called = many;
  draw();
}
