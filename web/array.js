// The runs of an array, each with its values and how it stands: a hundred, and more when they are asked for.

import { json } from "./api.js";
import { h, name, plain, replace } from "./dom.js";
import { badge, why } from "./states.js";

const pageSize = 100;

export const isArray = (run) => Boolean(run.entity.array) && !Number.isInteger(run.entity.array.index);

/** Where an element belongs: a link to its array, and its values. */
export function belongs(run) {
  const array = run.entity.array;
  return (
    Number.isInteger(array?.index) && [
      h("a", { href: `#/runs/${encodeURIComponent(array.guid)}` }, plain(array.guid)),
      ` number ${array.index} of ${array.count}: `,
      name(valuesOf(array)),
    ]
  );
}

export class ArrayView {
  constructor(id, signal, fail) {
    this.path = `v3/models?array=${encodeURIComponent(id)}`;
    this.signal = signal;
    this.shown = pageSize;
    this.body = h("tbody");
    this.more = h("button", { type: "button", hidden: true, onclick: () => this.grow().catch(fail) }, "Show more");
    const columns = ["Number", "Values", "State", "Exit code", "Why", "Id"];
    this.element = h(
      "div",
      {},
      h(
        "div",
        { class: "scroll" },
        h("table", { class: "runs" }, h("thead", {}, h("tr", {}, columns.map((label) => h("th", { scope: "col" }, label)))), this.body),
      ),
      this.more,
    );
  }

  async refresh() {
    const { resources, next } = await json(`${this.path}&limit=${this.shown}`, { signal: this.signal });
    const focused = document.activeElement?.dataset?.run;
    replace(this.body, resources.map(row));
    if (focused) {
      this.body.querySelector(`[data-run="${CSS.escape(focused)}"]`)?.focus();
    }
    this.more.hidden = !next;
  }

  grow() {
    this.shown = Math.min(1000, this.shown + pageSize);
    return this.refresh();
  }
}

function valuesOf(array) {
  return Object.entries(array.values ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
}

function row(run) {
  const id = run.metadata.guid;
  const status = run.entity.status;
  // One that has not begun has no page yet.
  const hasRecord = !["array_turn", "run_deleted"].includes(status.reason?.code);
  return h(
    "tr",
    {},
    h("td", {}, String(run.entity.array.index)),
    h("th", { scope: "row" }, name(valuesOf(run.entity.array))),
    h("td", {}, badge(run)),
    h("td", {}, Number.isInteger(status.exit_code) ? String(status.exit_code) : ""),
    h("td", {}, name(why(run))),
    h("td", {}, hasRecord ? h("a", { href: `#/runs/${encodeURIComponent(id)}`, "data-run": id }, plain(id)) : h("code", {}, plain(id))),
  );
}
