// A zip and a manifest into a new run; what is wrong is told with its line and column, as the service says it.

import { call, json } from "./api.js";
import { bytes, h, name, plain, replace, say } from "./dom.js";

const longestManifest = 1024 * 1024;
let begun = { text: "", archive: null };

/** Begins anew with the code and the manifest of a run; secrets are for the user to fill in again. */
export async function repeatRun(run, signal) {
  const path = `v3/models/${run.metadata.guid}`;
  const text = await (await call(`${path}/manifest`, { signal })).text();
  const archive = new File([await (await call(`${path}/definition`, { signal })).blob()], `${run.metadata.guid}.zip`, { type: "application/zip" });
  begun = { text, archive };
  location.hash = "#/submit";
}

export async function show({ place }) {
  let { archive } = begun;
  let idempotency = crypto.getRandomValues(new Uint32Array(4)).join("-");
  const manifest = h("textarea", { id: "manifest", rows: 22, spellcheck: false, value: begun.text, "aria-describedby": "problems", oninput: remember });
  const chosen = h("span", { role: "status" });
  const problems = h("div", { id: "problems", role: "alert" });
  const send = h("button", { type: "submit", class: "main" }, "Submit");
  const zipInput = h("input", { type: "file", id: "archive", accept: ".zip,application/zip", onchange: () => take(zipInput.files) });
  const yamlInput = h("input", { type: "file", id: "manifest-file", accept: ".yaml,.yml,.json", onchange: () => take(yamlInput.files) });
  const drop = h(
    "div",
    { class: "drop", ondragover: hover, ondragleave: () => drop.classList.remove("over"), ondrop: dropped },
    h("p", {}, "Drop a zip and a manifest here, or choose them:"),
    h("div", { class: "files" }, h("label", { for: "archive" }, "Model (zip)"), zipInput, h("label", { for: "manifest-file" }, "Manifest (YAML or JSON)"), yamlInput),
    chosen,
  );
  replace(
    place,
    h("h1", { tabIndex: -1 }, "Submit a run"),
    h("form", { onsubmit: submit }, drop, h("label", { for: "manifest" }, "Manifest"), manifest, h("p", { class: "actions" }, send), problems),
  );
  tell();

  function remember() {
    begun = { text: manifest.value, archive };
    idempotency = crypto.getRandomValues(new Uint32Array(4)).join("-");
  }

  function hover(event) {
    event.preventDefault();
    drop.classList.add("over");
  }

  function dropped(event) {
    event.preventDefault();
    drop.classList.remove("over");
    take(event.dataTransfer.files);
  }

  async function take(files) {
    for (const file of files) {
      if (/\.zip$/i.test(file.name)) {
        archive = file;
      } else if (/\.(ya?ml|json)$/i.test(file.name) && file.size <= longestManifest) {
        manifest.value = await file.text();
      } else {
        say(`“${plain(file.name)}” is neither a zip nor a manifest.`, true);
      }
    }
    remember();
    tell();
  }

  function tell() {
    replace(chosen, archive ? [name(archive.name), `, ${bytes(archive.size)}`] : "No zip chosen yet.");
  }

  async function submit(event) {
    event.preventDefault();
    replace(problems);
    if (!archive || manifest.value.trim() === "") {
      replace(problems, h("p", { class: "problem" }, archive ? "The manifest is missing." : "The zip with the model is missing."));
      return;
    }
    const body = new FormData();
    body.append("manifest", new Blob([manifest.value], { type: "application/yaml" }), "manifest.yaml");
    body.append("model_definition", archive, "model.zip");
    send.disabled = true;
    send.textContent = "Sending…";
    try {
      const run = await json("v3/models", { method: "POST", body, headers: { "Idempotency-Key": idempotency } });
      begun = { text: "", archive: null };
      location.hash = `#/runs/${run.metadata.guid}`;
    } catch (error) {
      refused(error);
    } finally {
      send.disabled = false;
      send.textContent = "Submit";
    }
  }

  function refused(error) {
    const errors = error.errors ?? [];
    replace(problems, h("h2", {}, plain(error.message)), h("ol", {}, errors.filter((one) => one.source !== "request").map(problem)));
  }

  function problem(one) {
    const isPlaced = one.source === "manifest" && one.line;
    const where = isPlaced ? `line ${one.line}, column ${one.column ?? 1}` : one.source === "model_definition" ? "in the zip" : "";
    return h(
      "li",
      {},
      isPlaced ? h("button", { type: "button", class: "quiet", onclick: () => goTo(one.line, one.column ?? 1) }, where) : where,
      one.path && [" ", h("code", {}, plain(one.path))],
      " ",
      name(one.message),
      one.allowed && h("span", { class: "hint" }, " allowed: ", name(one.allowed)),
      one.suggestion && h("span", { class: "hint" }, " perhaps: ", name(one.suggestion)),
    );
  }

  function goTo(line, column) {
    const lines = manifest.value.split("\n");
    const at = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
    const end = lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, -1);
    manifest.focus();
    manifest.setSelectionRange(at, Math.max(at, end));
    manifest.scrollTop = (line - 4) * (manifest.scrollHeight / Math.max(1, lines.length));
  }
}
