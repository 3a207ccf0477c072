// The logs of all learners of a run as one: whole lines, each with the name of whoever printed it, by the times of the lines.

import { pause, read, Refusal } from "./api.js";

const lookEvery = 1000;
const longestPause = 15000;
const longestLine = 20000;

/**
 * Reads what each learner has that is new, one after the other: a browser has few connections to a service, and there may be 64
 * learners. Ends when the run has ended and all is read.
 */
export async function followAll(pathOf, learners, onEvent, signal) {
  const logs = Array.from({ length: learners }, (_, i) => ({ number: i + 1, last: null, rest: "" }));
  for (let wait = lookEvery; !signal.aborted; ) {
    let isOver = true;
    const lines = [];
    try {
      for (const log of logs) {
        isOver = (await readNew(log, pathOf(log.number), lines, signal)) && isOver;
      }
      wait = lookEvery;
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      if (error instanceof Refusal && error.status >= 400 && error.status < 500) {
        throw error;
      }
      [isOver, wait] = [false, Math.min(wait * 2, longestPause)];
    }
    tell(isOver ? [...lines, ...logs.flatMap(restOf)] : lines, onEvent);
    if (isOver) {
      onEvent({ type: "end" });
      return;
    }
    await pause(wait, signal);
  }
}

// Whether its run is over. What has no line end yet is read again the next time, from where it begins.
async function readNew(log, path, lines, signal) {
  let isOver = false;
  log.rest = "";
  await read(
    path,
    log.last,
    (event) => {
      if (event.type === "text") {
        const parts = (log.rest + JSON.parse(event.data)).split("\n");
        log.rest = parts.pop();
        log.last = String(Number(event.id) - bytesOf(log.rest.slice(stampOf(log.rest).length)));
        lines.push(...parts.map((part) => ({ log, part })));
      } else if (event.type === "end") {
        isOver = Boolean(JSON.parse(event.data).finished_at);
      }
    },
    signal,
  );
  return isOver;
}

// What a learner's line left of colours is not the next one's.
const plain = "\x1b[0m";
const restOf = (log) => (log.rest === "" ? [] : [{ log, part: log.rest }]);

// A carriage return begins a line anew; at its end it is half of the line's end.
function lastOf(line) {
  const stamp = stampOf(line);
  const text = line.slice(stamp.length).replace(/\r$/, "");
  return stamp + text.slice(text.lastIndexOf("\r") + 1).slice(-longestLine);
}

const bytesOf = (text) => new TextEncoder().encode(text).length;
const stampOf = (part) => /^(?:\d{4}-\d\d-\d\dT[\d:.]+Z|-) /.exec(part)?.[0] ?? "";

// Those of one moment stay as they came.
function tell(lines, onEvent) {
  const stamped = lines.map(({ log, part }) => ({ log, stamp: stampOf(part), part: lastOf(part) }));
  stamped.sort((one, other) => (one.stamp < other.stamp ? -1 : one.stamp > other.stamp ? 1 : 0));
  const text = stamped.map(({ log, stamp, part }) => `${stamp}${plain}learner-${log.number}: ${part.slice(stamp.length)}\n`).join("");
  if (text !== "") {
    onEvent({ type: "text", data: JSON.stringify(text) });
  }
}
