// What terminals obey, in lines of a log: colours become classes, all else of it goes.

const sequence = /\u001b(?:\[([0-9;:?]*)[ -/]*([@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b]*(?:\u001b\\)?|[ -/]*[0-Z\\^-~]?)/g;
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The pieces of a line, each `{ text, classes }`; the style goes on from line to line. */
export function pieces(line, style) {
  const found = [];
  let from = 0;
  for (const match of line.matchAll(sequence)) {
    add(found, line.slice(from, match.index), style);
    from = match.index + match[0].length;
    if (match[2] === "m") {
      change(style, match[1]);
    }
  }
  add(found, line.slice(from), style);
  return found;
}

function add(found, text, style) {
  if (text !== "") {
    found.push({ text: text.replace(unseen, "\ufffd"), classes: classesOf(style) });
  }
}

function classesOf(style) {
  const classes = [];
  for (const flag of ["bold", "dim", "italic", "underline", "strike"]) {
    if (style[flag]) {
      classes.push(flag);
    }
  }
  const [front, back] = style.inverse ? [style.back ?? "inverse", style.front ?? "inverse"] : [style.front, style.back];
  // What can be read on a coloured ground is the ground's to say.
  const isOn = back !== undefined && back !== null;
  if (isOn) {
    classes.push("on", `b${back}`);
  } else if (front !== undefined && front !== null) {
    classes.push(`f${front}`);
  }
  return classes.join(" ");
}

function change(style, parameters) {
  const codes = parameters.split(/[;:]/).map((code) => Number(code || 0));
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i];
    if (code === 38 || code === 48) {
      const isIndexed = codes[i + 1] === 5;
      const color = isIndexed ? ofIndex(codes[i + 2]) : ofRgb(codes[i + 2], codes[i + 3], codes[i + 4]);
      style[code === 38 ? "front" : "back"] = color;
      i += isIndexed ? 2 : 4;
    } else {
      one(style, code);
    }
  }
}

function one(style, code) {
  const flags = { 1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse", 9: "strike" };
  if (code === 0) {
    Object.keys(style).forEach((name) => delete style[name]);
  } else if (code in flags) {
    style[flags[code]] = true;
  } else if (code === 22) {
    style.bold = style.dim = false;
  } else if (code > 22 && code < 30 && code - 20 in flags) {
    style[flags[code - 20]] = false;
  } else if (code >= 30 && code <= 37) {
    style.front = code - 30;
  } else if (code >= 40 && code <= 47) {
    style.back = code - 40;
  } else if (code >= 90 && code <= 97) {
    style.front = code - 82;
  } else if (code >= 100 && code <= 107) {
    style.back = code - 92;
  } else if (code === 39) {
    style.front = null;
  } else if (code === 49) {
    style.back = null;
  }
}

// The finer colours become the nearest of the sixteen: those can be read in the dark and in the light.
function ofIndex(index) {
  if (index < 16) {
    return index;
  }
  if (index >= 232) {
    return ofRgb(...Array(3).fill((index - 232) * 10 + 8));
  }
  const part = (place) => (Math.floor((index - 16) / place) % 6) * 51;
  return ofRgb(part(36), part(6), part(1));
}

function ofRgb(red, green, blue) {
  const most = Math.max(red, green, blue) || 0;
  if (most < 64) {
    return 0;
  }
  const isGrey = most - Math.min(red, green, blue) < 40;
  if (isGrey) {
    return most > 200 ? 15 : most > 120 ? 7 : 8;
  }
  const bit = (value, weight) => (value > most / 2 ? weight : 0);
  return bit(red, 1) + bit(green, 2) + bit(blue, 4) + (most > 200 ? 8 : 0);
}
