/** @import {Fare} from "../contracts.js" */
import { textOf, turnFlaps } from "./flaps.js";
import { amountText } from "./money.js";

const MOVE_SHOWN_MS = 12000;
/** Longer than a touch's click takes to follow its release. */
const CLICK_FOLLOWS_MS = 350;

/**
 * A fare's button: the price as flaps, and under it the very offers that a click holds. Both change in one step, and
 * never between a press and its release, so what is clicked is what is held.
 */
export class FareCell {
  /** @param {HTMLButtonElement} button */
  constructor(button) {
    this.button = button;
    this.brand = button.dataset.brand ?? "";
    this.price = /** @type {HTMLElement} */ (button.querySelector(".fare__price"));
    this.move = /** @type {HTMLElement} */ (button.querySelector(".fare__move"));
    /** @type {number | null} */
    this.amount = null;
    this.pressed = false;
    /** @type {(() => void) | null} */
    this.waiting = null;
    /** @type {number | undefined} */
    this.moveTimer = undefined;
    /** @type {number | undefined} */
    this.pressTimer = undefined;
    button.addEventListener("pointerdown", () => {
      clearTimeout(this.pressTimer);
      this.pressed = true;
    });
    for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
      button.addEventListener(end, () => this.#released());
    }
  }

  /**
   * Show a fare, or that there is none.
   * @param {Fare | undefined} fare
   * @param {{quiet?: boolean}} how `quiet` changes without movement, for what is not news
   */
  show(fare, { quiet = false } = {}) {
    if (this.pressed) {
      this.waiting = () => this.show(fare, { quiet });
      return;
    }
    const before = this.amount;
    this.amount = fare ? fare.amount : null;
    this.button.value = fare ? fare.offerIds.join(",") : "";
    this.button.disabled = !fare;
    this.button.classList.toggle("fare--none", !fare);
    if (!fare) this.button.removeAttribute("data-lowest");
    const text = fare ? amountText(fare.amount, fare.currency) : "–";
    if (quiet || before === null || !fare || before === fare.amount) {
      if (textOf(this.price) !== text) this.price.textContent = text;
      if (quiet || !fare) this.#rest();
      return;
    }
    turnFlaps(this.price, text);
    const up = fare.amount > before;
    this.button.dataset.move = up ? "up" : "down";
    const by = document.createElement("span");
    by.className = "fare__by";
    by.textContent = ` ${amountText(Math.abs(fare.amount - before), fare.currency)}`;
    this.move.replaceChildren(up ? "▲" : "▼", by);
    clearTimeout(this.moveTimer);
    this.moveTimer = setTimeout(() => this.#rest(), MOVE_SHOWN_MS);
  }

  #rest() {
    clearTimeout(this.moveTimer);
    this.button.removeAttribute("data-move");
    this.move.textContent = "";
  }

  /** The click that follows a press still finds what was pressed; then the newest is shown. */
  #released() {
    clearTimeout(this.pressTimer);
    this.pressTimer = setTimeout(() => {
      this.pressed = false;
      const waiting = this.waiting;
      this.waiting = null;
      waiting?.();
    }, CLICK_FOLLOWS_MS);
  }
}
