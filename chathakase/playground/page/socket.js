/** The one connection to the workspace: frames in, requests out with their answers, and connecting again. */

/** A request that the workspace refused, with Slack's error code. */
export class Refused extends Error {
  constructor(code, detail = "") {
    super(detail ? `${code}: ${detail}` : code);
    this.code = code;
    this.detail = detail;
  }
}

const SOONEST = 400;
const LATEST = 5_000;

export class Socket {
  /**
   * @param {string} url
   * @param {{frame: (frame: object) => void, online: (online: boolean) => void}} hears
   */
  constructor(url, hears) {
    this.url = url;
    this.hears = hears;
    this.waiting = new Map();
    this.number = 0;
    this.wait = SOONEST;
    this.connect();
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
  }

  connect() {
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.addEventListener("open", () => {
      this.wait = SOONEST;
      this.hears.online(true);
    });
    socket.addEventListener("message", (event) => this.receive(JSON.parse(event.data)));
    socket.addEventListener("close", () => this.lost());
  }

  /** Connect at once instead of waiting on. */
  hurry() {
    if (this.socket.readyState !== WebSocket.CLOSED || !this.timer) return;
    clearTimeout(this.timer);
    this.timer = 0;
    this.connect();
  }

  lost() {
    for (const { reject } of this.waiting.values())
      reject(new Refused("connection_lost", "The connection was lost before the answer came."));
    this.waiting.clear();
    this.hears.online(false);
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.connect();
    }, this.wait);
    this.wait = Math.min(this.wait * 1.7, LATEST);
  }

  receive(frame) {
    if (frame.type !== "answer") {
      this.hears.frame(frame);
      return;
    }
    const asked = this.waiting.get(frame.id);
    this.waiting.delete(frame.id);
    if (!asked) return;
    if (frame.ok) asked.resolve(frame.result ?? {});
    else asked.reject(new Refused(frame.error ?? "unknown_error", frame.detail));
  }

  /**
   * Ask the workspace to do something as a person.
   * @param {string} as the person's id
   * @param {string} what
   * @param {object} [fields]
   * @returns {Promise<any>} the answer's result; rejects with `Refused`
   */
  ask(as, what, fields = {}) {
    if (this.socket.readyState !== WebSocket.OPEN) {
      return Promise.reject(new Refused("not_connected", "The page is not connected to the workspace."));
    }
    this.number += 1;
    const id = this.number;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ id, as, do: what, ...fields }));
    });
  }
}
