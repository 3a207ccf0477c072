// The machines and who waits for them; the service tells it to operators only.

import { json, repeat } from "./api.js";
import { h, name, plain, replace, time } from "./dom.js";

export async function show({ place, signal, fail }) {
  const nodes = h("div", { class: "scroll", role: "region", "aria-label": "Nodes", tabIndex: 0 });
  const queue = h("div", { class: "scroll", role: "region", "aria-label": "Who waits", tabIndex: 0 });
  try {
    await load();
  } catch (error) {
    if (error.status !== 403) {
      throw error;
    }
    replace(place, h("h1", { tabIndex: -1 }, "Pool"), h("p", {}, "The machines of the pool are shown to operators only. What your own runs wait for stands in the list of runs."));
    return;
  }
  replace(place, h("h1", { tabIndex: -1 }, "Pool"), h("h2", {}, "Nodes"), nodes, h("h2", {}, "Who waits"), queue);
  repeat(3000, signal, () => load().catch(fail));

  async function load() {
    const [pool, waiting] = await Promise.all([json("v3/nodes", { signal }), json("v3/queue", { signal })]);
    replace(nodes, pool.resources.length === 0 ? h("p", { class: "empty" }, "No node has asked for work yet.") : table("Nodes", ["Node", "State", "Slots", "GPUs", "Seen", "Kept apart by", "Last trouble"], pool.resources.map(node)));
    replace(
      queue,
      waiting.resources.length === 0 ? h("p", { class: "empty" }, "Nobody waits.") : table("Waiting runs", ["Run", "Owner", "GPUs", "Submitted", "Waits for"], waiting.resources.map(waits)),
      waiting.waiting > waiting.resources.length && h("p", { class: "hint" }, `The first ${waiting.resources.length} of ${waiting.waiting}.`),
    );
  }
}

function table(caption, columns, rows) {
  return h("table", {}, h("caption", { class: "unseen" }, caption), h("thead", {}, h("tr", {}, columns.map((word) => h("th", { scope: "col" }, word)))), h("tbody", {}, rows));
}

function node(node) {
  const used = Math.max(0, node.slots - node.free_slots);
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, name(node.name)),
    h("td", {}, h("span", { class: `badge ${node.state === "ready" ? "completed" : node.state === "silent" ? "canceled" : "error"}` }, plain(node.state.replaceAll("_", " "))), node.set_aside_until && [" until ", time(node.set_aside_until)]),
    h("td", {}, h("meter", { min: 0, max: Math.max(1, node.slots), value: used, "aria-label": "Slots in use" }), ` ${node.free_slots} of ${node.slots} free`),
    h("td", {}, String(node.gpus)),
    h("td", {}, time(node.seen_at)),
    h("td", {}, plain(node.sandbox ?? "–")),
    h("td", {}, node.failures > 0 ? name(`${node.failures} in a row: ${node.reason ?? ""}`) : "–"),
  );
}

function waits(run) {
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, name(run.name ?? run.id), " ", h("small", {}, h("code", {}, plain(run.id)))),
    h("td", {}, plain(run.owner ?? "–")),
    h("td", {}, String(run.needed_gpus)),
    h("td", {}, time(run.submitted_at)),
    h("td", {}, run.reason ? name(`${run.reason.code.replaceAll("_", " ")}: ${run.reason.message}`) : "–"),
  );
}
