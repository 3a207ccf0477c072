// How runs are called and how they stand, the same in every view.

import { duration, h, plain } from "./dom.js";

export const states = ["pending", "running", "completed", "error", "canceled"];

export const isOver = (run) => !["pending", "running"].includes(run.entity.status.state);

export function badge(run) {
  const { state, phase } = run.entity.status;
  const step = isOver(run) || phase === "QUEUED" ? null : [" ", h("small", {}, plain(phase))];
  return h("span", { class: `badge ${states.includes(state) ? state : ""}` }, plain(state), step);
}

/** Why the run is where it is, in one line. */
export function why(run) {
  const reason = run.entity.status.reason;
  if (!reason || reason.code === "succeeded") {
    return "";
  }
  const words = reason.code.replaceAll("_", " ");
  return plain(reason.message ? `${words}: ${reason.message}` : words);
}

/** From the submit to the end, or to the service's now. */
export function age(run) {
  const status = run.entity.status;
  const end = Date.parse(status.finished_at ?? status.current_at);
  return duration(end - Date.parse(status.submitted_at));
}

export function compute(run) {
  const compute = run.entity.model_definition.execution.compute_configuration;
  const gpus = compute.gpus > 0 ? `${compute.gpus} GPU${compute.gpus > 1 ? "s" : ""}` : "CPU";
  return plain(compute.name ? `${compute.name} (${gpus})` : gpus);
}

/** Done of all, where the program tells it. */
export function progress(run) {
  const percent = run.entity.status.progress?.percent;
  if (!Number.isFinite(percent)) {
    return null;
  }
  const shown = Math.max(0, Math.min(100, percent));
  return h("progress", { max: 100, value: shown, "aria-label": "Progress" }, `${Math.round(shown)} %`);
}

/** The same in words: which step of how many, and how long it still takes. */
export function progressWords(run) {
  const { progress: told, current_at: now } = run.entity.status;
  if (!told) {
    return "";
  }
  const step = Number.isFinite(told.step) && `step ${told.step}${Number.isFinite(told.steps) ? ` of ${told.steps}` : ""}`;
  const left = (told.seconds_left ?? 0) * 1000 - (Date.parse(now) - Date.parse(told.updated_at));
  return [Number.isFinite(told.percent) && `${Math.round(told.percent)} %`, step, !isOver(run) && left > 0 && `${duration(left)} left`].filter(Boolean).join(", ");
}
