const TICK_MS = 250;
const SOON_MS = 60000;

/**
 * Counts down to a hold's end in the server's time: the page tells when it was made, so a wrong clock here does no
 * harm; it asks again whenever it comes back to view, and at zero it lets the server say what became of the hold.
 */
export class HoldCountdown extends HTMLElement {
  connectedCallback() {
    this.offset = Number(this.dataset.now) - Date.now();
    this.expires = Number(this.dataset.expires);
    this.length = Number(this.dataset.length);
    this.warned = false;
    this.asking = false;
    this.innerHTML = "";
    const box = document.createElement("div");
    box.className = "countdown";
    box.innerHTML = `<span class="countdown__label">Yours for</span><span class="countdown__time" role="timer"></span>
      <progress class="countdown__bar" aria-hidden="true"></progress><span class="unseen" role="status"></span>`;
    this.append(box);
    this.time = /** @type {HTMLElement} */ (box.querySelector(".countdown__time"));
    this.bar = /** @type {HTMLProgressElement} */ (box.querySelector("progress"));
    this.words = /** @type {HTMLElement} */ (box.querySelector("[role=status]"));
    this.timer = setInterval(() => this.#tick(), TICK_MS);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#ask());
    addEventListener("pageshow", (event) => event.persisted && this.#ask());
    this.#tick();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  #tick() {
    const left = Math.max(0, (this.expires ?? 0) - (Date.now() + (this.offset ?? 0)));
    const seconds = Math.ceil(left / 1000);
    const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (this.time && this.time.ariaLabel !== text) {
      const before = this.time.ariaLabel ?? text;
      this.time.ariaLabel = text;
      this.time.replaceChildren(
        ...[...text].map((character, index) => {
          const digit = document.createElement("span");
          digit.textContent = character;
          if (character !== ":") digit.className = "digit";
          if (before.at(index - text.length) !== character) digit.classList.add("digit--changed");
          return digit;
        }),
      );
    }
    if (this.bar) Object.assign(this.bar, { max: this.length, value: left });
    if (!this.warned && left <= SOON_MS && this.words) {
      this.warned = true;
      this.words.textContent = "One minute left.";
    }
    if (left === 0) this.#ask();
  }

  /** The server knows: it may have ended the hold, or given it more time. */
  async #ask() {
    if (this.asking) return;
    this.asking = true;
    try {
      const answer = await fetch(this.dataset.stateUrl ?? "", { headers: { accept: "application/json" }, cache: "no-store" });
      if (!answer.ok) return;
      const { state, now_ms: now, expires_ms: expires } = await answer.json();
      if (state !== "active" || expires <= now) {
        location.reload();
        return;
      }
      this.offset = now - Date.now();
      this.expires = expires;
    } catch {
      // Offline: the countdown goes on by itself and asks again.
    } finally {
      setTimeout(() => (this.asking = false), 1000);
    }
  }
}
