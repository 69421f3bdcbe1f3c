const WAIT_MS = 120;

/** @typedef {{code: string, name: string, city: string, country?: string}} Airport */

/**
 * A field that offers airports while one types: a combobox with a list, as the ARIA practices have it. Without script
 * the field keeps the browser's own list.
 */
export class AirportField extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    const field = this.querySelector(".field");
    if (!input || !field) return;
    this.input = input;
    this.chosen = -1;
    /** @type {Airport[]} */
    this.airports = [];
    this.list = document.createElement("ul");
    this.list.className = "airports";
    this.list.id = `${input.id}-airports`;
    this.list.setAttribute("role", "listbox");
    this.list.ariaLabel = "Airports";
    this.list.hidden = true;
    field.append(this.list);
    input.removeAttribute("list");
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id })) {
      input.setAttribute(name, value);
    }
    input.addEventListener("input", () => this.#typed());
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("focus", () => input.select());
    input.addEventListener("blur", () => this.#close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const item = /** @type {Element} */ (event.target).closest("li[role=option]");
      if (item && this.list) this.#take([...this.list.children].indexOf(item));
    });
  }

  #typed() {
    clearTimeout(this.timer);
    const text = this.input?.value.trim() ?? "";
    if (!text) return this.#close();
    this.timer = setTimeout(() => this.#ask(text), WAIT_MS);
  }

  /** @param {string} text */
  async #ask(text) {
    this.request?.abort();
    this.request = new AbortController();
    try {
      const answer = await fetch(`/api/v1/airports?${new URLSearchParams({ q: text })}`, { signal: this.request.signal });
      if (!answer.ok) return;
      const body = await answer.json();
      if (document.activeElement === this.input) this.#offer(body.airports, text);
    } catch (error) {
      // A newer question took this one's place, or the network is away: what was typed is sent as it is.
      if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
    }
  }

  /** @param {Airport[]} airports @param {string} text what they were asked for */
  #offer(airports, text) {
    this.offeredFor = text;
    this.airports = airports.slice(0, 8);
    this.chosen = this.airports.length ? 0 : -1;
    this.list?.replaceChildren(
      ...this.airports.map((airport, index) => {
        const item = document.createElement("li");
        item.id = `${this.list?.id}-${index}`;
        item.setAttribute("role", "option");
        const code = document.createElement("b");
        code.textContent = airport.code;
        const city = document.createElement("strong");
        city.textContent = airport.city;
        const name = document.createElement("span");
        name.textContent = airport.name;
        item.append(code, city, name);
        return item;
      }),
    );
    if (!this.airports.length) {
      const none = document.createElement("li");
      none.className = "airports__none";
      none.textContent = "–";
      const words = document.createElement("span");
      words.textContent = "No airport of that name. Try a city or a code.";
      none.append(words);
      this.list?.replaceChildren(none);
    }
    if (this.list) this.list.hidden = false;
    this.input?.setAttribute("aria-expanded", "true");
    this.#mark();
  }

  #mark() {
    [...(this.list?.children ?? [])].forEach((item, index) => {
      if (item.role === "option") item.ariaSelected = String(index === this.chosen);
      if (index === this.chosen) item.scrollIntoView({ block: "nearest" });
    });
    if (this.chosen >= 0) this.input?.setAttribute("aria-activedescendant", `${this.list?.id}-${this.chosen}`);
    else this.input?.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // Whoever types faster than the answers come means what they typed, not the first of an older list.
    const current = this.offeredFor === this.input?.value.trim();
    const open = current && this.list && !this.list.hidden && this.airports?.length;
    if (event.key === "Escape") return this.#close();
    if (event.key === "Tab" && open) return this.#take(this.chosen ?? 0);
    if (event.key === "Enter" && open) {
      event.preventDefault();
      return this.#take(this.chosen ?? 0);
    }
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    if (!open) return this.#typed();
    const count = this.airports?.length ?? 0;
    this.chosen = ((this.chosen ?? 0) + step + count) % count;
    this.#mark();
  }

  /** @param {number} index */
  #take(index) {
    const airport = this.airports?.[index];
    if (airport && this.input) this.input.value = airport.code;
    this.#close();
  }

  #close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.airports = [];
    if (this.list) this.list.hidden = true;
    this.input?.setAttribute("aria-expanded", "false");
    this.input?.removeAttribute("aria-activedescendant");
  }
}
