// Runs before the first paint, so that a chosen theme does not flash. The choice is this browser's and is never sent.
(() => {
  try {
    const theme = localStorage.getItem("enlace.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be refused by the browser: the system's theme is then followed.
  }
})();
