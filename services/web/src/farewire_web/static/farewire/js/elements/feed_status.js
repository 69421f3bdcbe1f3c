const TICK_MS = 1000;

/** @param {number} ms */
function ageText(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 2) return "just now";
  if (seconds < 90) return `${seconds} s ago`;
  return `${Math.round(seconds / 60)} min ago`;
}

/**
 * Says whether the board is live and how old what it shows is. Not a live region: its age changes every second; only a
 * change of state is announced, by the board.
 */
export class FeedStatus extends HTMLElement {
  constructor() {
    super();
    /** @type {number | null} when the last change came, on this page's own clock */
    this.changedAt = null;
    this.news = "";
    /** @type {number | null} when the board was last known to be true */
    this.vouchedAt = null;
    /** @type {number | undefined} */
    this.timer = undefined;
  }

  connectedCallback() {
    this.timer = setInterval(() => this.#render(), TICK_MS);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  /** @param {string} state */
  become(state) {
    if (this.dataset.state === "live" || state === "live") this.vouchedAt = performance.now();
    this.dataset.state = state;
    this.#render();
  }

  /**
   * Something changed.
   * @param {string} words what did, where that is news
   */
  changed(words = "") {
    this.changedAt = performance.now();
    this.news = words;
    this.#render();
  }

  #render() {
    const state = this.dataset.state ?? "still";
    if (state === "still") return;
    const now = performance.now();
    const since = this.vouchedAt === null ? "" : `last sure ${ageText(now - this.vouchedAt)}`;
    const [word, detail] = {
      connecting: ["Connecting", ""],
      live: ["Live", this.changedAt === null ? "no change yet" : `${this.news ? `${this.news}, ` : "last change "}${ageText(now - this.changedAt)}`],
      stale: ["Prices may be old", since],
      offline: ["Not live, reconnecting", since],
    }[state] ?? ["", ""];
    const lamp = document.createElement("span");
    lamp.className = "lamp";
    const words = document.createElement("span");
    const strong = document.createElement("strong");
    strong.textContent = word;
    words.append(strong, detail && ` · ${detail}`);
    words.className = "figures";
    this.replaceChildren(lamp, words);
  }
}
