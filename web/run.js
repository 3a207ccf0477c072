// One run: how it stands and why, its curves, its log, what it is made of, and what can be done with it.

import { call, json, repeat } from "./api.js";
import { ArrayView, belongs, isArray } from "./array.js";
import { ChartBoard } from "./chart.js";
import { bytes, confirmed, download, duration, h, name, plain, replace, say, time } from "./dom.js";
import { FileList } from "./files.js";
import { LogView } from "./log.js";
import { MetricsReader, toCsv } from "./metrics.js";
import { badge, compute, isOver, progress, progressWords, why } from "./states.js";
import { repeatRun } from "./submit.js";

export async function show({ place, argument: id, signal, title, fail }) {
  const path = `v3/models/${encodeURIComponent(id)}`;
  let run = await json(path, { signal });
  title(plain(run.entity.model_definition.name));

  const head = h("div", { class: "run-head" });
  const explained = h("div");
  const facts = h("dl", { class: "facts" });
  const timeline = h("ol", { class: "timeline" });
  const actions = h("div", { class: "actions" });
  const reader = new MetricsReader(id);
  const board = new ChartBoard(signal);
  const noMetrics = h("p", { class: "hint" }, "The program has written no metrics.");
  const csv = h("button", { type: "button", hidden: true, onclick: () => download(`${id}-metrics.csv`, toCsv([reader])) }, "Save as CSV");
  const machine = new MetricsReader(id, "system");
  const machineBoard = new ChartBoard(signal);
  const noNumbers = h("p", { class: "hint" }, "The node has measured nothing yet: its first look is a second after the command began.");
  const array = isArray(run) ? new ArrayView(id, signal, fail) : null;
  const files = array ? null : new FileList(id, signal, fail);
  const log = new LogView(id, run.entity.status.learners ?? 1, signal, () => refresh().catch(fail), fail);

  replace(
    place,
    head,
    actions,
    explained,
    section("Timeline", timeline),
    array
      ? section("Its runs", array.element)
      : [
          section("Metrics", h("div", { class: "actions" }, csv), noMetrics, board.element),
          section("Log", log.element),
          section("Machine", noNumbers, machineBoard.element),
          section("Files in the bucket", files.element),
        ],
    section("What it is made of", facts, manifest()),
  );
  draw();
  if (array) {
    await array.refresh();
  } else {
    log.start();
    reader.follow(signal, () => isOver(run), drawMetrics, fail);
    machine.follow(signal, () => isOver(run), drawMachine, fail);
  }
  repeat(2000, signal, async () => {
    await refresh().catch(fail);
    return isOver(run) ? "done" : null;
  });

  async function refresh() {
    const asked = await json(path, { signal });
    // Answers can overtake each other.
    if (Date.parse(asked.entity.status.current_at) >= Date.parse(run.entity.status.current_at)) {
      run = asked;
      draw();
      await array?.refresh();
    }
  }

  function draw() {
    const status = run.entity.status;
    head.querySelector("h1") ?? replace(head, h("h1", { tabIndex: -1 }, name(run.entity.model_definition.name)), h("p", { class: "state" }));
    replace(head.querySelector(".state"), badge(run), progress(run), " ", h("span", { class: "hint" }, progressWords(run)), " ", name(why(run)));
    replace(explained, explanation(status), (run.entity.notices ?? []).map((notice) => h("p", { class: "notice" }, name(notice))));
    replace(timeline, phases(status));
    replace(facts, factsOf(run));
    files?.update(run, isOver(run));
    drawActions();
  }

  // Buttons are made anew only when others are needed: who stands on one stays there.
  function drawActions() {
    const over = isOver(run);
    const kind = `${over} ${run.entity.status.state}`;
    if (actions.dataset.kind === kind) {
      return;
    }
    actions.dataset.kind = kind;
    const button = (label, action, kind = "") =>
      h("button", { type: "button", class: kind, onclick: (event) => act(event.target, action) }, label);
    replace(
      actions,
      !over && button("Cancel", cancel, "danger"),
      button("Repeat", () => repeatRun(run, signal)),
      !array && run.entity.status.state === "completed" && button("Store the model", store),
      button("Download the code", saveCode),
      over && button("Delete", remove, "danger"),
    );
  }

  async function act(button, action) {
    button.disabled = true;
    try {
      await action();
    } catch (error) {
      fail(error);
    } finally {
      button.disabled = false;
    }
  }

  async function cancel() {
    if (await confirmed("Cancel this run? Its log and what it wrote so far are stored.", "Cancel the run")) {
      await json(path, { method: "PATCH", body: JSON.stringify([{ op: "replace", path: "/status/state", value: "canceled" }]) });
      say("The run is being canceled.");
      await refresh();
    }
  }

  async function store() {
    const model = await json(`${path}/ml_asset`, { method: "PUT", body: "{}" });
    say(`Stored as “${plain(model.entity.name)}”.`);
  }

  async function saveCode() {
    download(`${id}.zip`, await (await call(`${path}/definition`, { signal })).blob());
  }

  async function remove() {
    if (await confirmed("Delete this run? The bucket and stored models keep what they have.", "Delete the run")) {
      await json(path, { method: "DELETE" });
      say("The run is deleted.");
      location.hash = "#/runs";
    }
  }

  function drawMetrics() {
    board.update([{ label: "", reader }]);
    csv.hidden = reader.points.size === 0;
    const notes = [
      reader.count === 0 && reader.broken === 0 && "The program has written no metrics.",
      reader.broken > 0 && `${reader.broken} ${reader.broken === 1 ? "line" : "lines"} of the metrics could not be read.`,
      reader.full && "There are more curves or points than are shown here; the CSV has what is shown.",
    ].filter(Boolean);
    noMetrics.textContent = notes.join(" ");
  }

  function drawMachine() {
    machineBoard.update([{ label: "", reader: machine }]);
    noNumbers.hidden = machine.points.size > 0;
  }

  function manifest() {
    const text = h("pre", { class: "manifest", tabIndex: 0, "aria-label": "Manifest" });
    async function load(event) {
      if (event.target.open && text.textContent === "") {
        try {
          text.textContent = await (await call(`${path}/manifest`, { signal })).text();
        } catch (error) {
          fail(error);
        }
      }
    }
    return h("details", { ontoggle: load }, h("summary", {}, "Manifest, without its secrets"), text);
  }
}

function section(heading, ...content) {
  const id = `section-${heading.toLowerCase().replaceAll(" ", "-")}`;
  return h("section", { "aria-labelledby": id }, h("h2", { id }, heading), ...content);
}

function explanation(status) {
  const failure = status.failure;
  if (!failure) {
    return null;
  }
  return h(
    "div",
    { class: "failure" },
    h("h2", {}, "Why it failed"),
    h("p", {}, name(failure.summary)),
    failure.peak_memory_bytes && h("p", {}, `It used at most ${bytes(failure.peak_memory_bytes)} of memory.`),
    failure.exit_code_meaning && !failure.summary.includes(failure.exit_code_meaning) && h("p", {}, `Exit code ${status.exit_code}: `, name(failure.exit_code_meaning)),
    (failure.advice ?? []).length > 0 && [h("p", {}, "What to try:"), h("ul", {}, failure.advice.map((words) => h("li", {}, name(words))))],
    (failure.log_tail ?? []).length > 0 && h("details", { open: true }, h("summary", {}, "Its last lines"), h("pre", { tabIndex: 0, "aria-label": "Last lines of the log" }, failure.log_tail.map(plain).join("\n"))),
  );
}

function phases(status) {
  const until = (i) => Date.parse(status.history[i + 1]?.at ?? status.finished_at ?? status.current_at);
  const all = until(status.history.length - 1) - Date.parse(status.history[0].at);
  return status.history.map((entry, i) => {
    const took = until(i) - Date.parse(entry.at);
    const isLast = i === status.history.length - 1;
    const isEnd = isLast && Boolean(status.finished_at);
    const bar = h("span", { class: "bar", "aria-hidden": "true" });
    bar.style.width = `${all > 0 && !isEnd ? Math.max(0.5, (100 * took) / all) : 0}%`;
    return h(
      "li",
      { class: isLast ? "now" : "" },
      h("b", {}, plain(entry.phase)),
      h("span", {}, time(entry.at)),
      h("span", {}, isEnd ? "" : duration(took)),
      h("span", { class: "lane" }, bar),
      entry.reason && h("span", { class: "hint" }, name(entry.reason)),
    );
  });
}

function factsOf(run) {
  const { entity, metadata } = run;
  const { status, model_definition: model } = entity;
  const usage = status.usage;
  const facts = {
    Id: h("code", {}, plain(metadata.guid)),
    Description: model.description && name(model.description),
    Framework: plain(`${model.framework.name} ${model.framework.version}`),
    Compute: compute(run),
    Command: h("code", {}, name(model.execution.command)),
    Data: store(entity.training_data_reference),
    Results: [store(entity.training_results_reference), status.results && ` · ${status.results.files} files, ${bytes(status.results.bytes)}`],
    Array: belongs(run),
    Node: status.node && plain(status.node),
    Attempt: status.attempt > 1 && String(status.attempt),
    "Exit code": status.exit_code ?? null,
    Used: usage && usage.command_seconds > 0 && `${duration(usage.command_seconds * 1000)} of the command${usage.gpu_seconds > 0 ? `, ${duration(usage.gpu_seconds * 1000)} of GPUs` : ""}`,
    Peaks: usage?.peaks && peaks(usage.peaks),
    Labels: entity.labels && Object.entries(entity.labels).map(([key, value]) => h("span", { class: "label" }, name(`${key}=${value}`))),
  };
  return Object.entries(facts)
    .filter(([, value]) => value !== null && value !== undefined && value !== false && value !== "")
    .map(([key, value]) => [h("dt", {}, key), h("dd", {}, value)]);
}

function peaks(most) {
  const parts = [
    Number.isFinite(most.cpu_percent) && `CPU ${Math.round(most.cpu_percent)} %`,
    Number.isFinite(most.memory_bytes) && `memory ${bytes(most.memory_bytes)}`,
    Number.isFinite(most.gpu_percent) && `GPU ${Math.round(most.gpu_percent)} %`,
    Number.isFinite(most.gpu_memory_bytes) && `GPU memory ${bytes(most.gpu_memory_bytes)}`,
    Number.isFinite(most.gpu_watts) && `${Math.round(most.gpu_watts)} W`,
    Number.isFinite(most.gpu_celsius) && `${Math.round(most.gpu_celsius)} °C`,
    most.gpu_errors > 0 && `${most.gpu_errors} GPU memory errors`,
  ];
  return parts.filter(Boolean).join(", ");
}

function store(reference) {
  const { bucket, model_location: folder } = reference.location;
  return name(`${reference.type}: ${bucket}${folder ? `/${folder}` : ""}`);
}
