/** What this browser remembers: the chosen place, person and theme, and what has been read. */

const PREFIX = "playground.";

/** A remembered value, or `otherwise`. */
export function recall(name, otherwise = null) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

/** Remember a value; a browser that forbids it forgets. */
export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    /* Private windows may refuse; the page works without. */
  }
}
