// The service over HTTP. Addresses are relative to where this file came from, so a path prefix before the service is fine.

const root = new URL("../", import.meta.url);
const keyName = "trainyard-key";

// In this tab only, and gone with it.
export const key = {
  get: () => sessionStorage.getItem(keyName),
  set: (value) => sessionStorage.setItem(keyName, value),
  forget: () => sessionStorage.removeItem(keyName),
};

/** What the service refused, in its own words. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `The service answered ${status}.`);
    this.status = status;
    this.code = problem.code ?? "";
    this.errors = problem.errors ?? [];
  }
}

export async function call(path, options = {}) {
  const { headers, ...rest } = options;
  const response = await send(path, {
    ...rest,
    headers: { Authorization: `Bearer ${key.get()}`, ...headers },
    // The browser is not to ask for a name and a password by itself.
    credentials: "omit",
    cache: "no-store",
  });
  if (response.ok) {
    return response;
  }
  throw new Refusal(response.status, await problemOf(response));
}

export async function json(path, options) {
  const response = await call(path, options);
  return response.status === 204 ? null : response.json();
}

/** The whole address of a path below the service's. */
export function addressOf(path) {
  return new URL(path.replace(/^\//, ""), root).href;
}

async function send(path, options) {
  try {
    return await fetch(addressOf(path), options);
  } catch (error) {
    if (error.name === "AbortError") {
      throw error;
    }
    throw new Refusal(0, { code: "unreachable", detail: "The service does not answer. What is shown may be old." });
  }
}

async function problemOf(response) {
  try {
    return await response.json();
  } catch {
    return {};
  }
}

/**
 * Follows a stream of server-sent events until its `end` or until the signal; comes back after a break from where it was.
 * An EventSource cannot send the key.
 */
export async function follow(path, onEvent, signal) {
  let last = null;
  for (let wait = 500; !signal.aborted; wait = Math.min(wait * 2, 15000)) {
    try {
      const isEnd = await read(
        path,
        last,
        (event, response) => {
          wait = 500;
          last = event.id ?? last;
          onEvent(event, response);
        },
        signal,
      );
      if (isEnd) {
        return;
      }
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      if (error instanceof Refusal && error.status >= 400 && error.status < 500) {
        throw error;
      }
    }
    await pause(wait, signal);
  }
}

/** Reads a stream of server-sent events once, after the one with an id; whether it came to its `end`. */
export async function read(path, last, onEvent, signal) {
  const headers = { Accept: "text/event-stream", ...(last === null ? {} : { "Last-Event-ID": last }) };
  const response = await call(path, { headers, signal });
  for await (const event of eventsOf(response.body)) {
    onEvent(event, response);
    if (event.type === "end") {
      return true;
    }
  }
  return false;
}

async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const event = eventOf(block);
      if (event) {
        yield event;
      }
    }
  }
}

function eventOf(block) {
  const event = { type: "message", id: null, data: [] };
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") {
      event.type = value;
    } else if (field === "id") {
      event.id = value;
    } else if (field === "data") {
      event.data.push(value);
    }
  }
  return event.data.length > 0 ? { ...event, data: event.data.join("\n") } : null;
}

/** Waits, but not longer than the view is shown. */
export function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

/** Does something now and again, until the signal; not while the tab is out of sight. */
export async function repeat(milliseconds, signal, action) {
  while (!signal.aborted) {
    if (!document.hidden && (await action()) === "done") {
      return;
    }
    await pause(milliseconds, signal);
  }
}
