// The runs, a page at a time: however many there are, the document holds one page of them.

import { json, repeat } from "./api.js";
import { h, name, plain, replace, say, time } from "./dom.js";
import { age, badge, compute, progress, states, why } from "./states.js";

const pageSize = 50;
const searchedAtOnce = 5000;
const mostCompared = 8;

export async function show({ place, query, signal, fail }) {
  const wanted = new Set((query.get("state") ?? "").split(",").filter((state) => states.includes(state)));
  const chosen = new Set();
  const pages = [null];
  let next = null;
  let text = query.get("q") ?? "";
  let found = null;

  const body = h("tbody");
  const newer = h("button", { type: "button", onclick: () => turn(-1) }, "Newer");
  const older = h("button", { type: "button", onclick: () => turn(1) }, "Older");
  const pageName = h("span", { class: "hint" });
  const compareButton = h("button", { type: "button", disabled: true, onclick: compareChosen }, "Compare");
  const searched = h("p", { class: "hint" });
  const further = h("button", { type: "button", hidden: true, onclick: () => search(found.next).catch(fail) }, "Search older runs");

  await load();
  replace(place, h("h1", { tabIndex: -1 }, "Training runs"), toolbar(), table(), foot());
  if (text) {
    await search(null);
  }
  repeat(3000, signal, async () => {
    // Older pages stand still, so that nothing moves away under the reader.
    if (pages.length === 1 && found === null) {
      await load().catch(fail);
    }
  });

  function toolbar() {
    const input = h("input", { type: "search", value: text, id: "search", placeholder: "Name, id, label, reason", spellcheck: false });
    return h(
      "form",
      { class: "toolbar", role: "search", onsubmit: (event) => (event.preventDefault(), (text = input.value.trim()), remember(), start()) },
      h(
        "fieldset",
        {},
        h("legend", {}, "State"),
        states.map((state) =>
          h("label", { class: "chip" }, h("input", { type: "checkbox", checked: wanted.has(state), onchange: (event) => filter(state, event.target.checked) }), state),
        ),
      ),
      h("label", { for: "search", class: "unseen" }, "Search"),
      input,
      h("button", { type: "submit" }, "Search"),
      compareButton,
    );
  }

  function table() {
    const columns = [["", "choose"], ["Name", ""], ["State", ""], ["Why", "why"], ["Submitted", "wide"], ["Took", "wide"], ["Compute", "wide"], ["Id", "wide"]];
    return h(
      "div",
      { class: "scroll" },
      h(
        "table",
        { class: "runs" },
        h("caption", { class: "unseen" }, "Training runs, newest first"),
        h("thead", {}, h("tr", {}, columns.map(([label, kind]) => h("th", { scope: "col", class: kind }, label || h("span", { class: "unseen" }, "Chosen"))))),
        body,
      ),
    );
  }

  function foot() {
    return h("div", { class: "foot" }, h("nav", { "aria-label": "Pages" }, newer, pageName, older), searched, further);
  }

  function filter(state, isWanted) {
    isWanted ? wanted.add(state) : wanted.delete(state);
    remember();
    start();
  }

  // In the address, so that a reload or a link shows the same.
  function remember() {
    const parts = new URLSearchParams();
    if (wanted.size > 0) {
      parts.set("state", [...wanted].join(","));
    }
    if (text) {
      parts.set("q", text);
    }
    history.replaceState(null, "", `#/runs${parts.size > 0 ? `?${parts}` : ""}`);
  }

  function start() {
    pages.length = 1;
    found = null;
    searched.textContent = "";
    further.hidden = true;
    (text ? search(null) : load()).catch(fail);
  }

  function turn(by) {
    if (by > 0) {
      pages.push(next);
    } else {
      pages.pop();
    }
    load().catch(fail);
  }

  async function load() {
    const asked = [...pages];
    const page = await json(pages.at(-1) ?? first(pageSize), { signal });
    if (found !== null || asked.length !== pages.length) {
      return;
    }
    next = page.next ?? null;
    draw(page.resources);
    newer.disabled = pages.length === 1;
    older.disabled = next === null;
    pageName.textContent = `Page ${pages.length}`;
  }

  function first(limit) {
    const state = wanted.size > 0 ? `&state=${[...wanted].join(",")}` : "";
    return `v3/models?limit=${limit}${state}`;
  }

  /** Page by page through what there is, until enough was found or looked at. */
  async function search(from) {
    const mine = { runs: from ? found.runs : [], looked: from ? found.looked : 0, next: from };
    found = mine;
    const until = mine.looked + searchedAtOnce;
    const words = text.toLowerCase();
    do {
      const page = await json(mine.next ?? first(1000), { signal });
      if (found !== mine) {
        return;
      }
      mine.looked += page.resources.length;
      mine.runs.push(...page.resources.filter((run) => textOf(run).includes(words)).slice(0, 200 - mine.runs.length));
      mine.next = page.next ?? null;
      searched.textContent = `${mine.runs.length} found among ${mine.looked} runs${mine.next ? "; there are older ones" : ""}.`;
    } while (mine.next && mine.runs.length < pageSize && mine.looked < until);
    draw(mine.runs);
    newer.disabled = older.disabled = true;
    pageName.textContent = "Search";
    further.hidden = mine.next === null || mine.runs.length >= 200;
    say(searched.textContent);
  }

  function draw(runs) {
    // Whoever stands on a row stands on it again.
    const focused = document.activeElement?.dataset?.run;
    replace(body, runs.length > 0 ? runs.map(row) : h("tr", {}, h("td", { colspan: 8, class: "empty" }, emptyWords())));
    if (focused) {
      body.querySelector(`[data-run="${CSS.escape(focused)}"]`)?.focus();
    }
  }

  function emptyWords() {
    return text || wanted.size > 0 ? "No run is like that." : ["There are no runs yet. ", h("a", { href: "#/submit" }, "Submit one.")];
  }

  function row(run) {
    const id = run.metadata.guid;
    const label = plain(run.entity.model_definition.name);
    const choose = h("input", {
      type: "checkbox",
      checked: chosen.has(id),
      "aria-label": `Compare ${label}, ${id}`,
      "data-run": `choose ${id}`,
      onchange: (event) => pick(event.target, id),
    });
    return h(
      "tr",
      {},
      h("td", { class: "choose" }, choose),
      h("th", { scope: "row" }, h("a", { href: `#/runs/${id}`, "data-run": id }, name(label)), h("span", { class: "under" }, name(why(run)))),
      h("td", {}, badge(run), progress(run)),
      h("td", { class: "why" }, name(why(run))),
      h("td", { class: "wide" }, time(run.entity.status.submitted_at)),
      h("td", { class: "wide" }, age(run)),
      h("td", { class: "wide" }, compute(run)),
      h("td", { class: "wide" }, h("code", {}, plain(id))),
    );
  }

  function pick(box, id) {
    if (box.checked && chosen.size >= mostCompared) {
      box.checked = false;
      say(`At most ${mostCompared} runs are compared.`, true);
      return;
    }
    box.checked ? chosen.add(id) : chosen.delete(id);
    compareButton.disabled = chosen.size < 2;
    compareButton.textContent = chosen.size > 0 ? `Compare ${chosen.size}` : "Compare";
  }

  function compareChosen() {
    location.hash = `#/compare/${[...chosen].join(",")}`;
  }
}

function textOf(run) {
  const { entity, metadata } = run;
  const labels = Object.entries(entity.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return [entity.model_definition.name, metadata.guid, why(run), ...labels].join("\n").toLowerCase();
}
