// What the page needs before, without, and after the Go program. Plain script,
// loaded between wasm_exec.js and app.js.
(() => {
  "use strict";
  const root = document.documentElement;

  // The form posted without the program comes back to where one wanted to go.
  // Documents are prerendered without the query, so it is added here.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.id === "signin" && form.elements.next) {
      const here = new URL(location.href);
      const next = here.searchParams.get("next"); // of an earlier attempt
      here.searchParams.delete("signin");
      here.searchParams.delete("next");
      form.elements.next.value = next || here.pathname + here.search;
    }
  }, true);

  // The Go program ends only when it panicked, and the page is dead then.
  let dead = false;
  const notice = document.getElementById("dead-notice");
  const die = () => {
    if (!dead && notice) {
      dead = true;
      notice.hidden = false;
      notice.querySelector(`[lang="${root.lang}"] [data-reload]`)?.focus();
    }
  };
  notice?.addEventListener("click", (event) => {
    if (event.target.closest("[data-reload]")) {
      location.reload();
    }
  });

  // The program ends, too, when the page is left.
  let leaving = false;
  addEventListener("pagehide", () => { leaving = true; });
  addEventListener("pageshow", () => { leaving = false; });
  const report = () => {
    if (!leaving) {
      die();
    }
  };

  if (typeof Go === "function") {
    const run = Go.prototype.run;
    Go.prototype.run = function (instance) {
      const ended = run.call(this, instance);
      ended.then(report, report);
      return ended;
    };

    // Go's scheduler can go to sleep with too late an alarm: when it clears
    // away stopped timers in the same turn in which another timer was moved
    // forward (runtime/time.go, check, up to Go 1.26), it asks the browser to
    // wake it for the next timer but that one. go-app draws from such a timer, so
    // a change would stay unseen until something else happens. Waking Go up
    // twice after each turn makes it look again; it costs microseconds.
    const resume = Go.prototype._resume;
    const again = [12, 40]; // ms; go-app draws 8 ms after a change
    let timer = 0;
    let turn = 0;
    const wake = (go) => {
      timer = 0;
      if (!go.exited) {
        resume.call(go);
        if (turn < again.length) {
          timer = setTimeout(wake, again[turn++], go);
        }
      }
    };
    Go.prototype._resume = function () {
      resume.call(this);
      turn = 0;
      timer ||= setTimeout(wake, again[turn++], this);
    };
  }
  for (const name of ["instantiateStreaming", "instantiate"]) {
    const original = WebAssembly[name];
    if (original) {
      WebAssembly[name] = (...args) => original.apply(WebAssembly, args).catch((error) => {
        report();
        throw error;
      });
    }
  }
})();
