/** @import {StartState} from "../contracts.js" */
import { Announcer } from "../board/announcer.js";
import { isWanted, rowOrder } from "../board/filter.js";
import { pulse } from "../board/wire.js";
import { JourneyRow } from "../board/journey_row.js";
import { FlightStore } from "../feed/flight_store.js";
import { pageFeed } from "../feed/page_feed.js";
import { FeedStatus } from "./feed_status.js";

const STATE_WORDS = new Map([
  ["live", "Prices are live."],
  ["stale", "Prices may be old."],
  ["offline", "Prices are not live; reconnecting."],
]);

/**
 * The board of fares. The server renders it whole; this keeps it in step with the feed, and filters and sorts it in
 * place. Start state: what was rendered carries versions, the snapshot that follows carries newer ones, the highest
 * version of each flight is shown.
 */
export class FareBoard extends HTMLElement {
  connectedCallback() {
    const state = /** @type {StartState} */ (JSON.parse(this.querySelector("#start-state")?.textContent ?? "{}"));
    this.section = /** @type {HTMLElement} */ (this.querySelector(".board"));
    this.form = /** @type {HTMLFormElement} */ (this.querySelector("form.filters"));
    this.status = /** @type {FeedStatus} */ (this.querySelector("feed-status"));
    this.list = this.querySelector("ol.rows");
    this.wire = /** @type {HTMLElement} */ (this.querySelector(".wire"));
    this.announcer = new Announcer(/** @type {HTMLElement} */ (this.querySelector("[data-announce]")));
    this.passengers = state.passengers;
    this.store = new FlightStore(state.flights);
    const elements = new Map([...this.querySelectorAll("[data-journey]")].map((each) => [each.getAttribute("data-journey"), each]));
    this.rows = state.journeys.flatMap((journey) => {
      const element = elements.get(journey.journey_id);
      return element instanceof HTMLElement ? [new JourneyRow(element, journey)] : [];
    });
    this.#showAll({ quiet: true });
    this.#followFilters();
    this.#followFeed(state);
  }

  disconnectedCallback() {
    this.feed?.close();
  }

  get wanted() {
    return new URLSearchParams(/** @type {any} */ (new FormData(this.form)));
  }

  get cabin() {
    return this.wanted.get("cabin") ?? "economy";
  }

  /** @param {StartState} state */
  #followFeed(state) {
    if (!state.topics.length) return;
    const feed = pageFeed(state);
    this.feed = feed;
    feed.addEventListener("flights", (event) => this.#changed(/** @type {CustomEvent} */ (event).detail));
    feed.addEventListener("state", (event) => this.#feedIs(/** @type {CustomEvent} */ (event).detail));
    this.#feedIs("connecting");
    feed.open();
  }

  /** @param {string} state */
  #feedIs(state) {
    const before = this.section?.dataset.feed;
    if (this.section) this.section.dataset.feed = state;
    this.status?.become(state);
    if (before && before !== "connecting" && before !== state) this.announcer?.tell("feed", STATE_WORDS.get(state) ?? "");
  }

  /** @param {{flights: import("../contracts.js").Flight[], ts: number | null}} change */
  #changed({ flights, ts }) {
    const changed = this.store?.apply(flights);
    if (!changed?.size) return;
    let news = "";
    for (const row of this.rows ?? []) {
      if (!row.flightIds.some((id) => changed.has(id))) continue;
      const words = row.show((id) => this.store?.get(id), this.cabin, this.passengers ?? 1);
      if (row.element.hidden) continue;
      this.announcer?.tell(row.element.dataset.journey ?? "", words);
      news = words || news;
    }
    this.#markLowest();
    if (ts === null) return;
    this.status?.changed(news);
    if (this.wire) pulse(this.wire);
  }

  #followFilters() {
    this.querySelector("[data-noscript]")?.setAttribute("hidden", "");
    this.form?.addEventListener("submit", (event) => event.preventDefault());
    this.form?.addEventListener("change", (event) => {
      const { name } = /** @type {HTMLInputElement} */ (event.target);
      if (name === "cabin") this.#showAll({ quiet: true });
      this.#arrange();
      history.replaceState(history.state, "", `?${this.wanted}`);
    });
    this.#arrange();
  }

  /** @param {{quiet: boolean}} how */
  #showAll(how) {
    for (const row of this.rows ?? []) row.show((id) => this.store?.get(id), this.cabin, this.passengers ?? 1, how);
    this.#markLowest();
  }

  /** Show the rows that are wanted, in the order that is wanted. Prices that move later never reorder rows by
   * themselves: a row must not slip away under a pointer. */
  #arrange() {
    const rows = [...(this.rows ?? [])].sort(rowOrder(this.wanted.get("sort") ?? "departs"));
    for (const { element } of rows) element.hidden = !isWanted(element.dataset, this.wanted);
    const sorted = rows.map((row) => row.element);
    if (this.list && sorted.some((element, index) => this.list?.children[index] !== element)) this.list.append(...sorted);
    const shown = sorted.filter((element) => !element.hidden).length;
    this.querySelector("[data-empty]")?.toggleAttribute("hidden", shown > 0);
    const count = this.querySelector("[data-count]");
    if (count && shown) count.textContent = `${shown} ${shown === 1 ? "journey" : "journeys"}`;
    this.#markLowest();
  }

  /** The lowest fare on the board lights up; of several equal ones, the first. */
  #markLowest() {
    const shown = [...(this.list?.children ?? [])];
    const cells = (this.rows ?? [])
      .filter((row) => !row.element.hidden)
      .sort((a, b) => shown.indexOf(a.element) - shown.indexOf(b.element))
      .flatMap((row) => row.cells);
    const amounts = cells.flatMap((cell) => (cell.amount === null ? [] : [cell.amount]));
    const lowest = cells.find((cell) => cell.amount !== null && cell.amount === Math.min(...amounts));
    for (const cell of cells) cell.button.toggleAttribute("data-lowest", cell === lowest);
  }
}
