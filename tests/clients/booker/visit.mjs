// Visits a page with the Booker of @calcom/atoms as published, in jsdom: its requests are cross-origin as in a browser.
// Reads visits from standard input; each goes to next month, takes a day and a time, and confirms what the form says.
// A visit with `again` moves what the one before has booked. Prints for each what was sent, answered and shown.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const installed = createRequire(`${process.env.CLIENTS_FOLDER}/`);
const { JSDOM, VirtualConsole } = installed("jsdom");
const WITHIN = 15_000;

const bundle = async () => {
  const made = await installed("esbuild").build({
    stdin: { contents: readFileSync(new URL("page.jsx", import.meta.url), "utf8"), loader: "jsx", resolveDir: process.env.CLIENTS_FOLDER },
    bundle: true, write: false, platform: "browser", format: "iife", logLevel: "error", loader: { ".css": "empty" },
    define: { "process.env.NODE_ENV": '"production"', "process.env": "{}", global: "window" },
  });
  return made.outputFiles[0].text;
};

// What jsdom lacks and pages use to draw.
const complete = (window) => {
  class Observer {
    constructor(seen) { this.seen = seen; }
    observe(target) { window.setTimeout(() => this.seen([{ isIntersecting: true, target, contentRect: {} }], this), 0); }
    unobserve() {}
    disconnect() {}
  }
  const nothing = () => {};
  Object.assign(window, {
    ResizeObserver: Observer, IntersectionObserver: Observer, scrollTo: nothing, structuredClone, TextEncoder, TextDecoder,
    CSS: { supports: () => false }, fetch: () => Promise.reject(new Error("icons are not fetched")),
    matchMedia: (media) => ({ media, matches: media.includes("min-width"), addEventListener: nothing, removeEventListener: nothing, addListener: nothing, removeListener: nothing }),
  });
  window.HTMLElement.prototype.scrollIntoView = nothing;
};

const record = (window, api, requests) => {
  const { open, send, setRequestHeader } = window.XMLHttpRequest.prototype;
  Object.assign(window.XMLHttpRequest.prototype, {
    open(method, url, ...more) {
      this.sent = { method, url, headers: {} };
      return open.call(this, method, url, ...more);
    },
    setRequestHeader(name, value) {
      this.sent.headers[name.toLowerCase()] = value;
      return setRequestHeader.call(this, name, value);
    },
    send(body) {
      const { method, url, headers } = this.sent;
      if (url.startsWith(api)) {
        const path = url.slice(api.length).split("?")[0];
        this.addEventListener("loadend", () => requests.push([method, path, headers["cal-api-version"] ?? null, this.status]));
      }
      return send.call(this, body);
    },
  });
};

const visit = async (script, page) => {
  const faults = new VirtualConsole();
  const dom = new JSDOM('<div id="root"></div>', {
    url: "http://127.0.0.1:9/", runScripts: "outside-only", pretendToBeVisual: true, virtualConsole: faults,
  });
  const { window } = dom;
  const { document } = window;
  const requests = [];
  let answer = null;
  complete(window);
  record(window, page.api, requests);
  window.page = { ...page, done: (told) => { answer = told; } };
  window.eval(script);

  const until = async (what, find) => {
    for (const end = Date.now() + WITHIN; ; await new Promise((wake) => setTimeout(wake, 50))) {
      const found = find();
      if (found) return found;
      if (Date.now() > end) throw new Error(`no ${what}; shown: ${document.body.textContent}; asked: ${JSON.stringify(requests)}`);
    }
  };
  const all = (selector) => [...document.querySelectorAll(selector)];
  const click = async (what, find) => {
    const element = await until(what, find);
    for (const type of ["pointerdown", "mousedown", "pointerup", "mouseup", "click"]) {
      element.dispatchEvent(new window.MouseEvent(type, { bubbles: true, cancelable: true, button: 0 }));
    }
  };
  const asked = (method, path) => requests.filter((each) => each[0] === method && each[1] === path).length;

  await until("slots of this month", () => asked("GET", "/slots/available") >= 1);
  await click("next month", () => document.querySelector('[data-testid="incrementMonth"]'));
  await until("slots of next month", () => asked("GET", "/slots/available") >= 2);
  await click("free day", () => all('[data-testid="day"][data-disabled="false"]')[page.day]);
  await click("time", () => all('[data-testid="time"]')[page.time]);
  await until("reservation", () => asked("POST", "/slots/reserve") >= 1);
  await click("button", () => all("button").find((each) => /^(confirm|reschedule)$/i.test(each.textContent.trim())));
  await until("answer", () => answer);
  await until("slots after it", () => asked("GET", "/slots/available") >= 3);
  const shown = document.body.textContent;
  window.close();
  return { requests, answer, shown };
};

const script = await bundle();
const visits = [];
for (const { again, ...page } of JSON.parse(readFileSync(0, "utf8"))) {
  visits.push(await visit(script, { ...page, rescheduleUid: again ? visits.at(-1).answer.data.uid : undefined }));
}
console.log(JSON.stringify(visits));
process.exit(0);
