// Models that were stored for good.

import { json } from "./api.js";
import { bytes, h, name, plain, replace, time } from "./dom.js";

export async function show({ place, signal }) {
  const { resources } = await json("v3/ml_assets/models", { signal });
  const columns = ["Name", "Type", "Stored", "Size", "Run"];
  replace(
    place,
    h("h1", { tabIndex: -1 }, "Stored models"),
    resources.length === 0
      ? h("p", { class: "empty" }, "No model is stored yet. A completed run has a button that stores its model.")
      : h(
          "div",
          { class: "scroll", role: "region", "aria-label": "Stored models", tabIndex: 0 },
          h(
            "table",
            {},
            h("caption", { class: "unseen" }, "Stored models, newest first"),
            h("thead", {}, h("tr", {}, columns.map((word) => h("th", { scope: "col" }, word)))),
            h("tbody", {}, resources.slice(0, 1000).map(row)),
          ),
        ),
    resources.length > 1000 && h("p", { class: "hint" }, `The newest 1,000 of ${resources.length}.`),
  );
}

function row({ metadata, entity }) {
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, name(entity.name)),
    h("td", {}, plain(entity.model_type)),
    h("td", {}, time(metadata.created_at)),
    h("td", {}, `${entity.files} files, ${bytes(entity.bytes)}`),
    h("td", {}, h("a", { href: `#/runs/${entity.training_run_id}` }, plain(entity.training_run_id))),
  );
}
