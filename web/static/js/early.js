// What must be known before anything is drawn: how the person left the page. It
// stops the drawing until it has run, so it is short and asks for nothing.
(() => {
  "use strict";
  const root = document.documentElement;

  // A document from the cache may be older than the person's choices.
  const theme = /(?:^|; )baiui_theme=(light|dark)/.exec(document.cookie);
  if (theme) {
    root.dataset.theme = theme[1];
  } else {
    delete root.dataset.theme;
  }
  try {
    root.toggleAttribute("data-compact", localStorage.getItem("baiui.compact") === "1");
    root.dataset.role = localStorage.getItem("baiui.role") || "";
    // With a key pair kept, the form would be gone in a moment.
    root.toggleAttribute("data-returning", localStorage.getItem("baiui.keypair") !== null);
  } catch {
    // Storage is forbidden: the menu is wide.
  }
})();
