// Metrics as the program wrote them, one JSON a line, into curves.

import { call, repeat } from "./api.js";

const mostPoints = 200000;
const mostSeries = 200;
const stepNames = ["step", "global_step", "iteration", "iter", "epoch", "batch"];

/** The records of one run, read on from where they were read to. */
export class MetricsReader {
  #offset = 0;
  #rest = new Uint8Array();
  points = new Map();
  count = 0;
  broken = 0;
  full = false;

  /** @param group `system` for what the node measured; nothing for what the program did. */
  constructor(id, group = "") {
    this.id = id;
    this.query = group === "" ? "" : `&group=${group}`;
  }

  /** True when there was something new. */
  async read(signal) {
    const response = await call(`v3/models/${this.id}/metrics?offset=${this.#offset}${this.query}`, { signal });
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length === 0) {
      return false;
    }
    this.#offset += bytes.length;
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    const end = all.lastIndexOf(10) + 1;
    this.#rest = all.slice(end);
    for (const line of new TextDecoder().decode(all.subarray(0, end)).split("\n")) {
      this.#take(line.trim());
    }
    return true;
  }

  /** Reads now and again until the run is over; calls back after what is new. */
  follow(signal, isOver, onNew, fail) {
    let finished = false;
    return repeat(2000, signal, async () => {
      try {
        finished = isOver();
        if (await this.read(signal)) {
          onNew();
        }
      } catch (error) {
        fail(error);
      }
      return finished ? "done" : null;
    });
  }

  #take(line) {
    if (line === "") {
      return;
    }
    const record = parse(line);
    const values = record?.values;
    if (typeof values !== "object" || values === null) {
      this.broken++;
      return;
    }
    const index = this.count++;
    const group = typeof record.grouplabel === "string" ? record.grouplabel : "";
    const at = { index, step: stepOf(record.etimes) ?? index, time: number(record.meta?.time) };
    for (const [metric, value] of Object.entries(values)) {
      this.#add(metric, group, at, number(value));
    }
  }

  #add(metric, group, at, value) {
    const key = JSON.stringify([metric, group]);
    let series = this.points.get(key);
    if (!series && this.points.size >= mostSeries) {
      this.full = true;
      return;
    }
    if (!series) {
      this.points.set(key, (series = { metric, group, points: [] }));
    }
    if (series.points.length >= mostPoints) {
      this.full = true;
      return;
    }
    series.points.push({ ...at, value });
  }
}

// NaN and Infinity are no JSON, and programs write them all the same.
function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    try {
      return JSON.parse(line.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (part) => (part.startsWith('"') ? part : `"${part}"`)));
    } catch {
      return null;
    }
  }
}

function number(value) {
  const inner = typeof value === "object" && value !== null && "value" in value ? value.value : value;
  return typeof inner === "number" ? inner : typeof inner === "string" && inner.trim() !== "" ? Number(inner) : NaN;
}

function stepOf(etimes) {
  if (typeof etimes !== "object" || etimes === null) {
    return null;
  }
  const names = Object.keys(etimes);
  const step = [...stepNames.filter((known) => names.includes(known)), ...names].map((known) => number(etimes[known])).find(Number.isFinite);
  return step ?? null;
}

/** All points of some runs as CSV, one a line. */
export function toCsv(readers) {
  const lines = ["run,metric,group,step,time,value"];
  for (const reader of readers) {
    for (const { metric, group, points } of reader.points.values()) {
      for (const point of points) {
        const time = Number.isFinite(point.time) && Math.abs(point.time) < 8.64e15 ? new Date(point.time).toISOString() : "";
        lines.push([cell(reader.id), cell(metric), cell(group), point.step, time, point.value].join(","));
      }
    }
  }
  return new Blob([lines.join("\r\n"), "\r\n"], { type: "text/csv" });
}

// A spreadsheet takes some beginnings for formulas.
function cell(text) {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
