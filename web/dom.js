// Elements and words. Text from runs goes in as text nodes only: there is no way here to make markup of it.

/** An element: `on…` are listeners, `class`, `aria-…`, `data-…` and the like are attributes, all else are properties. */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    set(element, name, value);
  }
  element.append(...kept(children));
  return element;
}

/** The same for SVG, where everything is an attribute. */
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    element.setAttribute(name, value);
  }
  element.append(...kept(children));
  return element;
}

export function replace(element, ...children) {
  element.replaceChildren(...kept(children));
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) {
    return;
  }
  if (name.startsWith("on")) {
    element.addEventListener(name.slice(2), value);
  } else if (/^(class|role|for|scope|colspan|datetime)$|-/.test(name)) {
    element.setAttribute(name, value === true ? "" : value);
  } else {
    element[name] = value;
  }
}

function kept(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

// Control characters, turned writing, line separators: what would make a name look like something else.
const misleading = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A name or a sentence from outside, in one line that reads as it is. */
export function plain(text) {
  return String(text ?? "").replace(misleading, "\ufffd");
}

/** The same as an element that keeps its direction of writing to itself. */
export function name(text, attributes) {
  return h("bdi", attributes, plain(text));
}

export function time(iso) {
  if (!iso) {
    return "–";
  }
  const at = new Date(iso);
  const isToday = at.toDateString() === new Date().toDateString();
  const shown = isToday ? at.toLocaleTimeString() : at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  return h("time", { datetime: iso, title: at.toISOString() }, shown);
}

export function duration(milliseconds) {
  if (!Number.isFinite(milliseconds) || milliseconds < 0) {
    return "–";
  }
  const seconds = milliseconds / 1000;
  if (seconds < 60) {
    return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return `${minutes} min ${Math.floor(seconds % 60)} s`;
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function bytes(count) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** Says something that happened, also to those who do not see the page. */
export function say(text, isProblem = false) {
  const said = document.getElementById("said");
  said.className = isProblem ? "problem" : "";
  said.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => (said.textContent = ""), 8000);
}

/** Asks before something that cannot be undone; true when it is meant. */
export function confirmed(question, action) {
  return new Promise((resolve) => {
    const answer = (value) => () => dialog.close(value);
    const dialog = h(
      "dialog",
      { "aria-label": question, onclose: () => (dialog.remove(), resolve(dialog.returnValue === "yes")) },
      h("p", {}, question),
      h(
        "div",
        { class: "actions" },
        h("button", { type: "button", onclick: answer("no") }, "Keep it"),
        h("button", { type: "button", class: "danger", onclick: answer("yes") }, action),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Gives a file to the browser's user. */
export function download(fileName, content) {
  const address = URL.createObjectURL(content);
  const link = h("a", { href: address, download: fileName });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}
