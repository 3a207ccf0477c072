// A run's log while it grows. Only the lines in sight are in the document, however many there are.

import { call, follow } from "./api.js";
import { pieces } from "./ansi.js";
import { bytes, download, h, replace, say } from "./dom.js";
import { followAll } from "./learners.js";

const lineHeight = 18; // as in the style sheet
const mostLines = 100000;
const longestLine = 20000;
const firstLines = 2000;

export class LogView {
  #lines = [];
  #dropped = 0;
  #unfinished = null;
  #style = {};
  #start = 0;
  #timed = true;
  #at = null;
  #following = true;
  #paused = false;
  #held = [];
  #matches = [];
  #match = -1;
  #drawing = false;

  // Of the learners of a run on several nodes one is chosen, or all of them: 0.
  #learner;

  constructor(id, learners, signal, onEnd, fail) {
    this.id = id;
    this.learners = learners;
    this.#learner = learners > 1 ? 0 : 1;
    this.signal = signal;
    this.onEnd = onEnd;
    this.fail = fail;
    this.window = h("div", { class: "lines" });
    this.space = h("div", { class: "space" }, this.window);
    this.box = h("div", { class: "log", role: "log", "aria-label": "Log", "aria-live": "off", tabIndex: 0, onscroll: () => this.#scrolled() }, this.space);
    this.told = h("span", { class: "hint", role: "status" });
    this.pause = h("button", { type: "button", "aria-pressed": "false", onclick: () => this.#togglePause() }, "Pause");
    this.end = h("button", { type: "button", hidden: true, onclick: () => this.#toEnd() }, "To the end");
    this.all = h("button", { type: "button", hidden: true, onclick: () => this.#load(`offset=0`) }, "Load from the start");
    this.element = h("div", { class: "log-view" }, this.#toolbar(), this.box);
    new ResizeObserver(() => this.#draw()).observe(this.box);
  }

  start() {
    return this.#load(`tail=${firstLines}`);
  }

  #toolbar() {
    const search = h("input", { type: "search", "aria-label": "Search in the log", placeholder: "Search", spellcheck: false, oninput: () => this.#search(search.value), onkeydown: (event) => this.#searchKey(event) });
    this.search = search;
    this.found = h("span", { class: "hint", role: "status" });
    const step = (by, label, word) => h("button", { type: "button", "aria-label": label, onclick: () => this.#step(by) }, word);
    const times = h("label", { class: "chip", title: "When each line was printed" }, h("input", { type: "checkbox", onchange: (event) => (this.box.classList.toggle("with-times", event.target.checked), this.#draw()) }), "Times");
    return h(
      "div",
      { class: "toolbar" },
      this.learners > 1 && this.#chooser(),
      search,
      step(-1, "Match before", "↑"),
      step(1, "Match after", "↓"),
      this.found,
      times,
      this.pause,
      this.end,
      this.all,
      h("button", { type: "button", onclick: () => this.#save() }, "Download"),
      this.told,
    );
  }

  #chooser() {
    const option = (learner, words) => h("option", { value: String(learner) }, words);
    const all = Array.from({ length: this.learners }, (_, i) => option(i + 1, `Learner ${i + 1}`));
    const choose = (event) => {
      this.#learner = Number(event.target.value);
      this.start();
    };
    return h("select", { "aria-label": "Whose log", onchange: choose }, option(0, "All learners"), all);
  }

  // One learner's as it grows; of all, what each has that is new, again and again.
  #follow(query, onEvent, signal) {
    const path = `v3/models/${this.id}/logs?text=json${this.#timed ? "&timestamps=true" : ""}`;
    return this.#learner > 0
      ? follow(`${path}&learner=${this.#learner}&${query}`, onEvent, signal)
      : followAll((learner) => `${path}&learner=${learner}&follow=false&${query}`, this.learners, onEvent, signal);
  }

  async #load(query) {
    this.stop?.abort();
    const stop = (this.stop = new AbortController());
    this.signal.addEventListener("abort", () => stop.abort(), { once: true });
    this.#lines = [];
    this.#held = [];
    this.#unfinished = null;
    this.#style = {};
    this.#dropped = 0;
    let isFirst = true;
    try {
      await this.#follow(
        query,
        (event, response) => {
          if (isFirst) {
            isFirst = false;
            this.#start = Number(response?.headers.get("Trainyard-Log-Offset") ?? 0);
            this.all.hidden = this.#start === 0;
          }
          if (event.type === "text") {
            this.#take(JSON.parse(event.data));
          } else if (event.type === "status" || event.type === "end") {
            this.onEnd(event.type === "end");
          }
        },
        stop.signal,
      );
    } catch (error) {
      if (this.#timed && error.code === "log_without_times") {
        // Kept by a service of before.
        this.#timed = false;
        return this.#load(query);
      }
      this.fail(error);
    }
  }

  #take(text) {
    if (this.#paused) {
      this.#held.push(text);
      this.told.textContent = `${this.#held.length} pieces wait`;
      return;
    }
    this.#append(text);
    this.#trim();
    this.#refreshMatches();
    this.#draw();
  }

  // A carriage return begins the line anew, as on a terminal; with a line feed after it, it is a line's end.
  #append(text) {
    for (let part of text.replaceAll("\r\n", "\n").match(/[^\n]*\n|[^\n]+$/g) ?? []) {
      if (this.#timed && this.#unfinished === null) {
        // Its time stands before each line; a line without one has a dash.
        const stamp = /^(?:(\d{4}-\d\d-\d\dT[\d:.]+Z)|-) /.exec(part);
        this.#at = stamp?.[1] ? new Date(stamp[1]) : null;
        part = part.slice(stamp?.[0].length ?? 0);
      }
      const whole = (this.#unfinished ?? "") + part;
      const isDone = whole.endsWith("\n");
      const line = isDone ? whole.slice(0, -1) : whole;
      const last = line.endsWith("\r") ? line.slice(0, -1) : line;
      const shown = last.slice(last.lastIndexOf("\r") + 1, last.lastIndexOf("\r") + 1 + longestLine);
      if (this.#unfinished !== null) {
        this.#lines.pop();
      }
      const style = { ...this.#style };
      this.#lines.push({ pieces: pieces(shown, style), at: this.#at });
      this.#unfinished = isDone ? null : whole.slice(-longestLine);
      if (isDone) {
        this.#style = style;
      }
    }
  }

  #trim() {
    const extra = this.#lines.length - mostLines;
    if (extra > 0) {
      this.#lines.splice(0, extra);
      this.#dropped += extra;
      this.#matches = [];
    }
  }

  #togglePause() {
    this.#paused = !this.#paused;
    this.pause.setAttribute("aria-pressed", String(this.#paused));
    this.pause.textContent = this.#paused ? "Go on" : "Pause";
    if (!this.#paused) {
      this.#held.forEach((text) => this.#append(text));
      this.#held = [];
      this.#trim();
      this.#refreshMatches();
      this.#draw();
    }
  }

  #scrolled() {
    this.#following = this.box.scrollTop + this.box.clientHeight >= this.box.scrollHeight - lineHeight;
    this.end.hidden = this.#following;
    this.#draw();
  }

  #toEnd() {
    this.#following = true;
    this.#draw();
    this.box.focus();
  }

  #search(text) {
    this.text = text.toLowerCase();
    this.#matches = [];
    this.#refreshMatches();
    this.#match = this.#matches.length - 1;
    this.#toMatch();
    this.#draw();
  }

  #searchKey(event) {
    if (event.key === "Enter") {
      event.preventDefault();
      this.#step(event.shiftKey ? -1 : 1);
    }
  }

  // Matches are places of lines; what was looked at already is not looked at again, but for the last line, which may grow.
  #refreshMatches() {
    if (!this.text) {
      this.found.textContent = "";
      this.#matches = [];
      return;
    }
    this.#matches = this.#lines.flatMap((line, place) => (textOf(line).toLowerCase().includes(this.text) ? place : []));
    this.found.textContent = this.#matches.length === 0 ? "Not found" : count(this.#matches.length);
  }

  #step(by) {
    if (this.#matches.length > 0) {
      this.#match = (this.#match + by + this.#matches.length) % this.#matches.length;
      this.found.textContent = `${this.#match + 1} of ${count(this.#matches.length)}`;
      this.#toMatch();
    }
  }

  #toMatch() {
    const place = this.#matches[this.#match];
    if (place !== undefined) {
      this.#following = false;
      this.box.scrollTop = Math.max(0, place * lineHeight - this.box.clientHeight / 2);
      this.#draw();
    }
  }

  // Once a frame, however fast the lines come.
  #draw() {
    if (!this.#drawing) {
      this.#drawing = true;
      requestAnimationFrame(() => {
        this.#drawing = false;
        this.#drawNow();
      });
    }
  }

  #drawNow() {
    const total = this.#lines.length;
    this.space.style.height = `${total * lineHeight}px`;
    if (this.#following) {
      this.box.scrollTop = this.box.scrollHeight;
    }
    const first = Math.max(0, Math.floor(this.box.scrollTop / lineHeight) - 10);
    const last = Math.min(total, first + Math.ceil(this.box.clientHeight / lineHeight) + 20);
    this.window.style.transform = `translateY(${first * lineHeight}px)`;
    replace(this.window, this.#lines.slice(first, last).map((line, i) => this.#row(line, first + i)));
    if (!this.#paused) {
      this.told.textContent = this.#words(total);
    }
  }

  #words(lines) {
    const before = this.#start > 0 ? `, ${bytes(this.#start)} before them` : "";
    const dropped = this.#dropped > 0 ? `, ${this.#dropped} older ones are not kept here` : "";
    return `${count(lines)}${before}${dropped}`;
  }

  #row(line, place) {
    const isMatch = this.text && place === this.#matches[this.#match];
    const at = line.at ? line.at.toLocaleTimeString() : "";
    return h("div", { class: isMatch ? "line match" : "line" }, h("span", { class: "at" }, at), h("bdi", {}, line.pieces.map((piece) => this.#piece(piece))));
  }

  #piece({ text, classes }) {
    const parts = this.text ? marked(text, this.text) : text;
    return classes ? h("span", { class: classes }, parts) : parts;
  }

  async #save() {
    try {
      const isOne = this.#learner > 0;
      const parts = [];
      for (const learner of isOne ? [this.#learner] : Array.from({ length: this.learners }, (_, i) => i + 1)) {
        const response = await call(`v3/models/${this.id}/logs?learner=${learner}`, { signal: this.signal });
        parts.push(isOne ? "" : `==> learner-${learner} <==\n`, await response.blob());
      }
      const name = this.learners > 1 && isOne ? `${this.id}-learner-${this.#learner}` : this.id;
      download(`${name}.log`, new Blob(parts, { type: "text/plain" }));
    } catch (error) {
      say(error.message, true);
    }
  }
}

const count = (lines) => `${lines} ${lines === 1 ? "line" : "lines"}`;
const textOf = (line) => line.pieces.map((piece) => piece.text).join("");

function marked(text, wanted) {
  const parts = [];
  const lower = text.toLowerCase();
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0 && parts.length < 1000; at = lower.indexOf(wanted, from)) {
    parts.push(text.slice(from, at), h("mark", {}, text.slice(at, at + wanted.length)));
    from = at + wanted.length;
  }
  return [...parts, text.slice(from)];
}
