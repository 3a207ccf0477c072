// What a run stored in its bucket: a list in pages, each file to be saved by an address that is good for minutes.

import { addressOf, json } from "./api.js";
import { bytes, h, name, plain, replace, say } from "./dom.js";

const pageSize = 100;

/** The files of one run. */
export class FileList {
  constructor(id, signal, fail) {
    this.path = `v3/models/${encodeURIComponent(id)}/files`;
    this.signal = signal;
    this.fail = fail;
    this.state = "waiting";
    this.hint = h("p", { class: "hint" }, "Files are stored when the command has ended.");
    this.rows = h("tbody");
    this.table = h(
      "div",
      { class: "scroll", role: "region", "aria-label": "Stored files", tabIndex: 0, hidden: true },
      h(
        "table",
        { class: "stored" },
        h("caption", { class: "unseen" }, "Stored files"),
        h("thead", {}, h("tr", {}, ["Path", "Size", "SHA-256", "Save"].map((word) => h("th", { scope: "col" }, word)))),
        this.rows,
      ),
    );
    this.more = h("button", { type: "button", hidden: true, onclick: () => this.load() }, "More files");
    this.secret = h("select", { id: "secret-for-files" });
    this.secretLine = h(
      "p",
      { class: "actions", hidden: true },
      h("label", { for: "secret-for-files" }, "Secret that opens the bucket"),
      this.secret,
    );
    this.element = h("div", {}, this.hint, this.secretLine, this.table, h("div", { class: "actions" }, this.more));
  }

  /** Shows what there is to show of a run in this state. */
  update(run, over) {
    if (this.state === "waiting" && (run.entity.status.results || over)) {
      this.state = "loading";
      this.next = `${this.path}?limit=${pageSize}`;
      this.load();
    }
  }

  async load() {
    this.more.disabled = true;
    try {
      const page = await json(this.next, { signal: this.signal });
      this.rows.append(...page.resources.map((file) => this.row(file)));
      this.next = page.next ?? null;
      this.table.hidden = false;
      this.more.hidden = this.next === null;
      this.hint.textContent = this.next === null ? "" : `The first ${this.rows.children.length}; there are more.`;
    } catch (error) {
      this.refused(error);
    } finally {
      this.more.disabled = false;
    }
  }

  refused(error) {
    if (this.signal.aborted) {
      return;
    }
    // That there is no list is an answer, and no failure of the page.
    if (error.code === "results_not_stored" || error.code === "files_not_listed") {
      this.hint.textContent = plain(error.message);
    } else {
      this.more.hidden = false;
      this.fail(error);
    }
  }

  row(file) {
    const path = plain(file.path);
    const save = h("button", { type: "button", "aria-label": `Save ${path}`, onclick: () => this.save(file, save) }, "Save");
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, name(file.path)),
      h("td", { class: "wide" }, bytes(file.bytes)),
      h("td", { class: "wide" }, h("code", { title: plain(file.sha256) }, `${plain(file.sha256).slice(0, 12)}…`)),
      h("td", {}, save),
    );
  }

  async save(file, button) {
    button.disabled = true;
    try {
      const secret = this.secret.value ? `&secret=${encodeURIComponent(this.secret.value)}` : "";
      const address = await json(`${this.path}/address?path=${encodeURIComponent(file.path)}${secret}`, { signal: this.signal });
      follow(address);
    } catch (error) {
      if (error.code === "credentials_gone") {
        await this.askForSecret(error);
      } else {
        this.fail(error);
      }
    } finally {
      button.disabled = false;
    }
  }

  async askForSecret(error) {
    try {
      const { resources } = await json("v3/secrets", { signal: this.signal });
      if (resources.length === 0) {
        say(plain(error.message), true);
        return;
      }
      const chosen = this.secret.value;
      replace(this.secret, h("option", { value: "" }, "Choose one"), resources.map((kept) => h("option", { value: kept.name }, plain(kept.name))));
      this.secret.value = chosen;
      this.secretLine.hidden = false;
      this.secret.focus();
      say("The run's own credentials are gone. Choose a secret that opens the bucket, then save the file again.", true);
    } catch (failure) {
      this.fail(failure);
    }
  }
}

// The browser saves it; a bucket of another host learns nothing of this page.
function follow(address) {
  const url = new URL(address.service_path ? addressOf(address.service_path) : address.url);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new Error("The service gave an address that is none of the web.");
  }
  const elsewhere = address.service_path ? {} : { target: "_blank" };
  const link = h("a", { href: url.href, download: "", rel: "noopener noreferrer", ...elsewhere });
  document.body.append(link);
  link.click();
  link.remove();
}
