const EVERY_MS = 10000;
const MOST_NAMED = 3;

/** Tells changes to a polite live region: at most once in ten seconds, at most three by name, the newest of each row. */
export class Announcer {
  /** @param {HTMLElement} region */
  constructor(region) {
    this.region = region;
    /** @type {Map<string, string>} */
    this.pending = new Map();
    /** @type {number | undefined} */
    this.timer = undefined;
    this.last = -Infinity;
  }

  /** @param {string} subject @param {string} words */
  tell(subject, words) {
    if (!words) return;
    this.pending.delete(subject);
    this.pending.set(subject, words);
    this.timer ??= setTimeout(() => this.#speak(), Math.max(0, this.last + EVERY_MS - performance.now()));
  }

  #speak() {
    const words = [...this.pending.values()];
    const named = words.slice(-MOST_NAMED);
    const others = words.length - named.length;
    this.region.textContent = `${named.join(". ")}${others ? `. ${others} more fares changed` : ""}.`;
    this.pending.clear();
    this.timer = undefined;
    this.last = performance.now();
  }
}
