/** The messages of one conversation in the order of time, and its threads. */

/** Whether a message answers another one. */
export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;

/** Whether a message stands in the channel itself. */
const isMain = (message) => !isReply(message) || message.subtype === "thread_broadcast";

/** Where `ts` stands, or would stand, in a sorted list. */
export function position(list, ts) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < ts) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert(list, ts) {
  const at = position(list, ts);
  if (list[at] !== ts) list.splice(at, 0, ts);
}

function drop(list, ts) {
  const at = position(list, ts);
  if (list[at] === ts) list.splice(at, 1);
}

export class Log {
  constructor() {
    /** @type {Map<string, any>} */
    this.byTs = new Map();
    /** @type {string[]} */
    this.main = [];
    /** @type {Map<string, string[]>} */
    this.threads = new Map();
  }

  get(ts) {
    return this.byTs.get(ts);
  }

  /** Add a message or put its new version in the place of the old. */
  put(message) {
    this.byTs.set(message.ts, message);
    if (isMain(message)) insert(this.main, message.ts);
    if (isReply(message)) {
      if (!this.threads.has(message.thread_ts)) this.threads.set(message.thread_ts, []);
      insert(this.threads.get(message.thread_ts), message.ts);
    }
  }

  /** Take a message out; returns it. */
  remove(ts) {
    const message = this.byTs.get(ts);
    if (!message) return undefined;
    this.byTs.delete(ts);
    drop(this.main, ts);
    if (isReply(message)) drop(this.threads.get(message.thread_ts) ?? [], ts);
    return message;
  }

  /** The ts of the replies that everybody sees, which are those that count. */
  publicReplies(root) {
    return (this.threads.get(root) ?? []).filter((ts) => {
      const message = this.byTs.get(ts);
      return message && !message.ephemeral_to && visible(message);
    });
  }

  /** The ts of a thread's replies, without those that only others see. */
  replies(root, viewer) {
    return (this.threads.get(root) ?? []).filter((ts) => visible(this.byTs.get(ts), viewer));
  }
}

/** Whether a person sees a message: an ephemeral one only if it is theirs. */
export const visible = (message, viewer) =>
  Boolean(message) &&
  !(message.ephemeral_to && message.ephemeral_to !== viewer) &&
  !(message.hidden && message.subtype !== "tombstone");

/** The ts of the newest message of all, or "". */
export function latest(log) {
  let last = "";
  for (const ts of log.byTs.keys()) if (ts > last) last = ts;
  return last;
}

/** The messages after a ts, replies included. */
export function* newer(log, since) {
  const seen = new Set();
  for (const list of [log.main, ...log.threads.values()]) {
    for (let index = list.length - 1; index >= 0 && list[index] > since; index -= 1) {
      if (!seen.has(list[index])) yield log.get(list[index]);
      seen.add(list[index]);
    }
  }
}
