/** @import {Flight, Journey} from "../contracts.js" */
import { FareCell } from "./fare_cell.js";
import { textOf } from "./flaps.js";
import { journeyFares, seatsText } from "./journey_fares.js";

const STATUS_WORDS = new Map([["closed", "Sales closed"], ["cancelled", "Cancelled"]]);

/** One journey's row, kept in step with the flights that it is made of. */
export class JourneyRow {
  /** @param {HTMLElement} element @param {Journey} journey */
  constructor(element, journey) {
    this.element = element;
    this.flightIds = journey.flight_ids;
    this.cells = [...element.querySelectorAll("button.fare")].map((button) => new FareCell(/** @type {HTMLButtonElement} */ (button)));
    this.seats = /** @type {HTMLElement} */ (element.querySelector("[data-seats]"));
    this.statusText = /** @type {HTMLElement} */ (element.querySelector("[data-status-text]"));
    this.label = element.dataset.label ?? "";
  }

  /**
   * Show the present state of the row's flights.
   * @param {(id: string) => Flight | undefined} flight
   * @param {string} cabin
   * @param {number} passengers
   * @param {{quiet?: boolean}} how
   * @returns {string} what changed, in words, or nothing
   */
  show(flight, cabin, passengers, { quiet = false } = {}) {
    const before = this.cheapest;
    const state = journeyFares(this.flightIds.map(flight), cabin, passengers);
    for (const cell of this.cells) cell.show(state.fares.get(cell.brand), { quiet });
    this.element.dataset.status = state.status;
    this.statusText.textContent = STATUS_WORDS.get(state.status) ?? "";
    this.seats.textContent = seatsText(state.seatsLeft);
    this.seats.toggleAttribute("data-few", state.seatsLeft > 0 && state.seatsLeft <= 3);
    const now = this.cheapest;
    if (quiet || before === now) return "";
    const cell = this.cells.find((each) => each.amount === now);
    if (now === null || !cell) return `${this.label} has no fare left`;
    if (before === null) return `${this.label} is on sale again`;
    return `${this.label} ${now > before ? "rose" : "fell"} to ${textOf(cell.price)}`;
  }

  /** The lowest amount on the row, or null. */
  get cheapest() {
    const amounts = this.cells.flatMap((cell) => (cell.amount === null ? [] : [cell.amount]));
    return amounts.length ? Math.min(...amounts) : null;
  }
}
