// Curves: one chart for each metric, drawn as SVG. A drag, or the keys, show a part of it.

import { bytes, h, plain, replace, svg } from "./dom.js";

const height = 220;
const margin = { left: 70, right: 12, top: 10, bottom: 26 };

export class Chart {
  #series = [];
  #zoom = null;
  #hover = null;
  #drag = null;
  #scales = null;

  constructor(title) {
    this.title = title;
    this.unit = unitOf(title);
    this.canvas = svg("svg", { class: "chart", tabindex: "0", role: "img" });
    this.legend = h("ul", { class: "legend" });
    this.values = h("output", { class: "values" });
    this.reset = h("button", { type: "button", class: "quiet", hidden: true, onclick: () => this.#show(null) }, "Show all");
    this.table = h("details", { ontoggle: () => this.#fillTable() }, h("summary", {}, "As a table"));
    this.element = h("figure", {}, h("figcaption", {}, h("bdi", {}, plain(title)), this.reset), this.canvas, this.legend, this.values, this.table);
    this.#listen();
    this.resized = new ResizeObserver(() => this.draw());
    this.resized.observe(this.canvas);
  }

  /** Each is `{ name, color, points: [[x, y], …] }`; a point that is no number is a gap. */
  set(series) {
    this.#series = series;
    this.draw();
    this.#fillTable();
  }

  draw() {
    const width = Math.max(200, this.canvas.clientWidth || 600);
    this.canvas.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const points = this.#series.flatMap((one) => one.points.filter(isPoint));
    const range = rangeOf(points, this.#zoom);
    this.canvas.setAttribute("aria-label", this.#describe(points));
    if (!range) {
      replace(this.canvas, svg("text", { x: width / 2, y: height / 2, class: "empty" }, "No numbers yet"));
      replace(this.legend);
      return;
    }
    this.#scales = scalesOf(range, width, this.unit.base);
    replace(this.canvas, this.#axes(width), this.#series.map((one) => this.#curve(one)), this.#marks(width));
    replace(this.legend, this.#series.map((one) => h("li", {}, swatch(one), h("bdi", {}, plain(one.name)), h("b", {}, this.#last(one)))));
  }

  #describe(points) {
    const parts = this.#series.map((one) => `${plain(one.name)} is ${this.#last(one)}`);
    return `${plain(this.title)}: ${points.length === 0 ? "no numbers yet" : `last, ${parts.join(", ")}`}. Arrow keys move, plus and minus zoom, 0 shows all.`;
  }

  #last(one) {
    return one.points.length === 0 ? "–" : this.unit.value(one.points.at(-1)[1]);
  }

  #axes(width) {
    const { x, y } = this.#scales;
    const ticks = svg("g", { class: "axes" });
    for (const value of y.ticks) {
      const at = y.to(value);
      ticks.append(
        svg("line", { x1: margin.left, x2: width - margin.right, y1: at, y2: at }),
        svg("text", { x: margin.left - 6, y: at + 4, class: "y" }, this.unit.tick(value)),
      );
    }
    for (const value of x.ticks) {
      ticks.append(svg("text", { x: x.to(value), y: height - 8, class: "x" }, short(value)));
    }
    return ticks;
  }

  #curve(one) {
    const { x, y } = this.#scales;
    const { line, lone } = pathsOf(thinned(one.points, x), x, y);
    return [svg("path", { d: line, class: `curve c${one.color}` }), lone && svg("path", { d: lone, class: `curve lone c${one.color}` })];
  }

  #marks(width) {
    const marks = [];
    if (this.#drag) {
      const [from, to] = [this.#drag.from, this.#drag.to].sort((a, b) => a - b);
      marks.push(svg("rect", { x: from, y: margin.top, width: to - from, height: height - margin.top - margin.bottom, class: "chosen" }));
    } else if (this.#hover !== null && this.#hover >= margin.left && this.#hover <= width - margin.right) {
      marks.push(svg("line", { x1: this.#hover, x2: this.#hover, y1: margin.top, y2: height - margin.bottom, class: "cursor" }));
    }
    return marks;
  }

  #listen() {
    const { canvas } = this;
    const at = (event) => event.clientX - canvas.getBoundingClientRect().left;
    canvas.addEventListener("pointermove", (event) => {
      if (this.#drag) {
        this.#drag.to = at(event);
      }
      this.#point(at(event));
    });
    canvas.addEventListener("pointerleave", () => this.#point(null));
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button === 0 && event.pointerType !== "touch") {
        this.#drag = { from: at(event), to: at(event) };
        canvas.setPointerCapture(event.pointerId);
      }
    });
    canvas.addEventListener("pointerup", () => this.#endDrag());
    canvas.addEventListener("pointercancel", () => ((this.#drag = null), this.draw()));
    canvas.addEventListener("dblclick", () => this.#show(null));
    canvas.addEventListener("keydown", (event) => this.#key(event));
  }

  #endDrag() {
    const drag = this.#drag;
    this.#drag = null;
    if (drag && this.#scales && Math.abs(drag.to - drag.from) > 5) {
      const ends = [this.#scales.x.from(drag.from), this.#scales.x.from(drag.to)].sort((a, b) => a - b);
      this.#show(ends);
    } else {
      this.draw();
    }
  }

  #key(event) {
    if (!this.#scales || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const [from, to] = this.#scales.x.range;
    const size = to - from;
    const moves = {
      "+": [from + size / 4, to - size / 4],
      "=": [from + size / 4, to - size / 4],
      "-": [from - size / 2, to + size / 2],
      ArrowLeft: [from - size / 4, to - size / 4],
      ArrowRight: [from + size / 4, to + size / 4],
      0: null,
    };
    if (event.key in moves) {
      event.preventDefault();
      this.#show(moves[event.key]);
    }
  }

  #show(range) {
    this.#zoom = range;
    this.reset.hidden = range === null;
    this.draw();
  }

  #point(x) {
    this.#hover = x;
    if (this.#scales) {
      const at = x === null ? null : this.#scales.x.from(x);
      replace(this.values, at === null ? "" : this.#series.map((one) => this.#valueAt(one, at)));
      this.draw();
    }
  }

  #valueAt(one, at) {
    const near = nearest(one.points, at);
    return near && h("span", {}, swatch(one), `${short(near[0])}: ${this.unit.value(near[1])}`);
  }

  #fillTable() {
    if (!this.table.open) {
      return;
    }
    const rows = this.#series.flatMap((one) =>
      one.points.slice(-20).map(([x, y]) => h("tr", {}, h("th", { scope: "row" }, plain(one.name)), h("td", {}, exact(x)), h("td", {}, exact(y)))),
    );
    const head = h("tr", {}, ["Curve", "Step", "Value"].map((word) => h("th", { scope: "col" }, word)));
    replace(this.table, h("summary", {}, "As a table"), h("table", {}, h("caption", {}, "The last 20 of each curve"), h("thead", {}, head), h("tbody", {}, rows)));
  }
}

const isPoint = ([x, y]) => Number.isFinite(x) && Number.isFinite(y);

function rangeOf(points, zoom) {
  let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [x, y] of points) {
    if (zoom && (x < zoom[0] || x > zoom[1])) {
      continue;
    }
    x0 = Math.min(x0, x);
    x1 = Math.max(x1, x);
    y0 = Math.min(y0, y);
    y1 = Math.max(y1, y);
  }
  if (x0 > x1) {
    return zoom && points.length > 0 ? { x: zoom, y: [0, 1] } : null;
  }
  return { x: zoom ?? widened(x0, x1), y: widened(y0, y1, 0.05) };
}

function widened(low, high, part = 0) {
  const more = low === high ? Math.abs(low) * 0.1 || 1 : (high - low) * part;
  return [low - more, high + more];
}

function scalesOf(range, width, base) {
  return {
    x: scale(range.x, [margin.left, width - margin.right], Math.max(2, Math.floor(width / 110))),
    y: scale(range.y, [height - margin.bottom, margin.top], 5, base),
  };
}

function scale([low, high], [start, end], count, base) {
  const factor = (end - start) / (high - low);
  return {
    range: [low, high],
    to: (value) => start + (value - low) * factor,
    from: (place) => low + (place - start) / factor,
    ticks: ticksOf(low, high, count, base),
  };
}

// Steps of 1, 2 or 5 times a power of ten, in the unit that sizes of this height have.
function ticksOf(low, high, count, base = 1) {
  const unit = base === 1 ? 1 : base ** Math.max(0, Math.floor(Math.log(Math.max(Math.abs(low), Math.abs(high))) / Math.log(base)));
  const rough = (high - low) / count;
  const power = unit * 10 ** Math.floor(Math.log10(rough / unit));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const ticks = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step / 1e6 && ticks.length < 50; value += step) {
    ticks.push(Math.abs(value) < step / 1e6 ? 0 : value);
  }
  return ticks;
}

/** At most four points for each pixel, its first, lowest, highest and last: the curve looks the same. */
function thinned(points, x) {
  if (points.length < 4000) {
    return points;
  }
  const kept = [];
  let pixel = null;
  let bucket = null;
  const close = () => bucket && kept.push(...[...new Set([bucket.first, bucket.low, bucket.high, bucket.last])].sort((a, b) => a[0] - b[0]));
  for (const point of points) {
    const place = Math.round(x.to(point[0]));
    if (place !== pixel || !isPoint(point)) {
      close();
      pixel = place;
      bucket = { first: point, low: point, high: point, last: point };
      continue;
    }
    bucket.last = point;
    bucket.low = point[1] < bucket.low[1] ? point : bucket.low;
    bucket.high = point[1] > bucket.high[1] ? point : bucket.high;
  }
  close();
  return kept;
}

// The line, and of points that stand alone lines of no length, which are dots with their round ends.
function pathsOf(points, x, y) {
  const isShown = (point) => point !== undefined && isPoint(point) && point[0] >= x.range[0] && point[0] <= x.range[1];
  let [line, lone] = ["", ""];
  points.forEach((point, i) => {
    if (!isShown(point)) {
      return;
    }
    const at = `${x.to(point[0]).toFixed(1)} ${y.to(point[1]).toFixed(1)}`;
    const isFirst = !isShown(points[i - 1]);
    line += `${isFirst ? "M" : "L"}${at}`;
    lone += isFirst && !isShown(points[i + 1]) ? `M${at}h0` : "";
  });
  return { line, lone };
}

function nearest(points, at) {
  let best = null;
  for (const point of points) {
    if (isPoint(point) && (best === null || Math.abs(point[0] - at) < Math.abs(best[0] - at))) {
      best = point;
    }
  }
  return best;
}

const swatch = (one) => h("i", { class: `swatch c${one.color}`, "aria-hidden": "true" });
const exact = (value) => (Number.isFinite(value) ? String(Number(value.toPrecision(8))) : String(value));

function short(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-3)) {
    return value.toExponential(1).replace("e+", "e");
  }
  return String(Number(value.toPrecision(4)));
}

const numbers = { base: 1, tick: short, value: exact };
const sizes = (after = "") => ({ base: 1024, tick: (value) => sized(value, after).replace(".0 ", " "), value: (value) => sized(value, after) });

function sized(value, after) {
  return Number.isFinite(value) ? `${value < 0 ? "−" : ""}${bytes(Math.abs(value))}${after}` : exact(value);
}

// What a metric's name says of its unit.
function unitOf(name) {
  return name.endsWith("_bytes_per_second") ? sizes("/s") : name.endsWith("_bytes") ? sizes() : numbers;
}

/** Charts of some runs' metrics, kept up to date: one for each metric, a curve for each run and group. */
export class ChartBoard {
  #charts = new Map();

  constructor(signal) {
    this.element = h("div", { class: "charts" });
    signal.addEventListener("abort", () => this.#charts.forEach((chart) => chart.resized.disconnect()), { once: true });
  }

  /** Each source is `{ label, reader }`; the label is left out where there is one run only. */
  update(sources) {
    const metrics = new Map();
    for (const { label, reader } of sources) {
      for (const series of reader.points.values()) {
        const curves = metrics.get(series.metric) ?? [];
        metrics.set(series.metric, curves);
        curves.push({
          name: [label, series.group].filter(Boolean).join(" · ") || series.metric,
          color: curves.length % 8,
          points: series.points.map((point) => [point.step, point.value]),
        });
      }
    }
    for (const [metric, curves] of metrics) {
      let chart = this.#charts.get(metric);
      if (!chart) {
        this.#charts.set(metric, (chart = new Chart(metric)));
        this.element.append(chart.element);
      }
      chart.set(curves);
    }
  }
}
