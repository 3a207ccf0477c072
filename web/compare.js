// The curves of several runs in the same charts.

import { json } from "./api.js";
import { ChartBoard } from "./chart.js";
import { download, h, name, plain, replace } from "./dom.js";
import { MetricsReader, toCsv } from "./metrics.js";
import { badge, isOver } from "./states.js";

const most = 8;

export async function show({ place, argument, signal, fail }) {
  const ids = [...new Set((argument ?? "").split(",").filter(Boolean))].slice(0, most);
  const runs = await Promise.all(ids.map((id) => json(`v3/models/${encodeURIComponent(id)}`, { signal })));
  const board = new ChartBoard(signal);
  const sources = runs.map((run) => ({ label: labelOf(run, runs), reader: new MetricsReader(run.metadata.guid) }));
  const told = h("p", { class: "hint" }, "None of these runs has metrics yet.");
  const csv = h("button", { type: "button", onclick: () => download("metrics.csv", toCsv(sources.map((source) => source.reader))) }, "Save as CSV");
  replace(
    place,
    h("h1", { tabIndex: -1 }, "Compare runs"),
    h("ul", { class: "compared" }, runs.map((run) => h("li", {}, h("a", { href: `#/runs/${run.metadata.guid}` }, name(run.entity.model_definition.name)), " ", badge(run)))),
    h("div", { class: "actions" }, csv),
    told,
    board.element,
  );
  runs.forEach((run, i) => {
    const update = () => {
      told.textContent = "";
      board.update(sources);
    };
    let now = run;
    const refresh = async () => (now = isOver(now) ? now : await json(`v3/models/${run.metadata.guid}`, { signal }));
    sources[i].reader.follow(signal, () => (refresh().catch(fail), isOver(now)), update, fail);
  });
}

// Runs of one name are told apart by the end of their ids.
function labelOf(run, runs) {
  const label = plain(run.entity.model_definition.name);
  const isAlone = runs.filter((other) => plain(other.entity.model_definition.name) === label).length === 1;
  return isAlone ? label : `${label} ${run.metadata.guid.slice(-4)}`;
}
