// Which view is shown: the part of the address after the # says it.

import { key, json, Refusal } from "./api.js";
import { h, replace, say } from "./dom.js";
import * as compare from "./compare.js";
import * as models from "./models.js";
import * as pool from "./pool.js";
import * as run from "./run.js";
import * as runs from "./runs.js";
import * as submit from "./submit.js";

const main = document.getElementById("main");
const views = { runs, run, compare, models, pool, submit };
let leaving = new AbortController();
let shown = null;

function route() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  const [view, argument] = path.split("/");
  const found = view === "runs" && argument ? "run" : view in views ? view : "runs";
  return { view: found, argument: argument ? decodeURIComponent(argument) : null, query: new URLSearchParams(query) };
}

async function show() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const isSignedIn = key.get() !== null;
  document.getElementById("views").hidden = !isSignedIn;
  document.getElementById("sign-out").hidden = !isSignedIn;
  if (!isSignedIn) {
    return signIn();
  }
  const { view, argument, query } = route();
  mark(view === "run" || view === "compare" ? "runs" : view);
  const place = h("div", { class: `view ${view}` });
  replace(main, place);
  title(view);
  const isMove = shown !== null && shown !== view + argument;
  shown = view + argument;
  try {
    await views[view].show({ place, argument, query, signal, title, fail: (error) => failed(error, place, signal) });
    if (isMove && !signal.aborted) {
      (place.querySelector("h1") ?? main).focus();
    }
  } catch (error) {
    failed(error, place, signal);
  }
}

function title(text) {
  const words = text.charAt(0).toUpperCase() + text.slice(1);
  document.title = `${words} – Trainyard`;
}

function mark(view) {
  for (const link of document.querySelectorAll("#views a")) {
    if (link.getAttribute("href") === `#/${view}`) {
      link.setAttribute("aria-current", "page");
    } else {
      link.removeAttribute("aria-current");
    }
  }
}

/** Told in the view while nothing else is there, beside it otherwise. */
function failed(error, place, signal) {
  if (signal.aborted || error.name === "AbortError") {
    return;
  }
  if (!(error instanceof Refusal)) {
    console.error(error);
  }
  if (error.status === 401) {
    key.forget();
    show();
    say("The key does not open anything any more.", true);
    return;
  }
  if (place.childElementCount > 0) {
    say(error.message, true);
    return;
  }
  replace(place, h("h1", { tabIndex: -1 }, "This cannot be shown"), h("p", { class: "problem" }, error.message));
}

function signIn() {
  title("Sign in");
  shown = null;
  const input = h("input", { type: "password", id: "key", autocomplete: "off", required: true, spellcheck: false });
  const told = h("p", { class: "problem", role: "alert" });
  const form = h(
    "form",
    { class: "sign-in", onsubmit: enter },
    h("h1", { tabIndex: -1 }, "Sign in"),
    h("label", { for: "key" }, "API key"),
    input,
    h("p", { class: "hint" }, "It stays in this tab and is gone when the tab is closed. On the service's machine it lies in the file “key” of the state folder."),
    h("button", { type: "submit", class: "main" }, "Sign in"),
    told,
  );
  replace(main, form);
  input.focus();

  async function enter(event) {
    event.preventDefault();
    // What no header can carry is no key.
    if (!/^[\x21-\x7e]+$/.test(input.value.trim())) {
      told.textContent = "No such key.";
      return;
    }
    key.set(input.value.trim());
    try {
      await json("v3/models?limit=1");
      show();
    } catch (error) {
      key.forget();
      told.textContent = error.status === 401 ? "No such key." : error.message;
    }
  }
}

document.getElementById("sign-out").addEventListener("click", () => {
  key.forget();
  show();
});
window.addEventListener("hashchange", show);
// The link past the navigation is no view.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

// A file dropped beside its place would otherwise replace the page.
for (const event of ["dragover", "drop"]) {
  window.addEventListener(event, (dropped) => dropped.preventDefault());
}
show();
