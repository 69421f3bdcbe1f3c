/** @import {Flight, Offer} from "../contracts.js" */
import { textOf, turnFlaps } from "../board/flaps.js";
import { amountText } from "../board/money.js";
import { pulse } from "../board/wire.js";
import { FlightStore } from "../feed/flight_store.js";
import { pageFeed } from "../feed/page_feed.js";
import { FeedStatus } from "./feed_status.js";

/**
 * The lowest economy fare of some flights.
 * @param {Iterable<Flight>} flights
 * @returns {Offer | undefined}
 */
export function lowestFare(flights) {
  /** @type {Offer | undefined} */
  let lowest;
  for (const { status, cabins } of flights) {
    if (status !== "open") continue;
    for (const offer of cabins.find((cabin) => cabin.cabin === "economy")?.offers ?? []) {
      if (!lowest || offer.amount < lowest.amount) lowest = offer;
    }
  }
  return lowest;
}

/** The first page's markets, each with its lowest fare, kept in step with the feed. */
export class FareDepartures extends HTMLElement {
  connectedCallback() {
    const state = JSON.parse(this.querySelector("#start-state")?.textContent ?? "{}");
    const status = /** @type {FeedStatus} */ (this.querySelector("feed-status"));
    const wire = /** @type {HTMLElement} */ (this.querySelector(".wire"));
    /** @type {Map<string, FlightStore>} */
    this.markets = new Map();
    const feed = pageFeed(state);
    this.feed = feed;
    feed.addEventListener("flights", (event) => {
      const { topic, flights, ts } = /** @type {CustomEvent} */ (event).detail;
      const store = this.markets?.get(topic) ?? new FlightStore([]);
      this.markets?.set(topic, store);
      if (!store.apply(flights).size) return;
      this.#show(topic, store);
      if (ts === null) return;
      status.changed();
      pulse(wire);
      const tile = this.querySelector(`[data-topic="${topic}"]`);
      if (tile instanceof HTMLElement) pulse(tile);
    });
    feed.addEventListener("state", (event) => status.become(/** @type {CustomEvent} */ (event).detail));
    status.become("connecting");
    feed.open();
  }

  disconnectedCallback() {
    this.feed?.close();
  }

  /** @param {string} topic @param {FlightStore} store */
  #show(topic, store) {
    const place = this.querySelector(`[data-topic="${topic}"] [data-fare]`);
    const offer = lowestFare(store.flights.values());
    const text = offer ? amountText(offer.amount, offer.currency) : "Sold out";
    if (place instanceof HTMLElement && textOf(place) !== text) turnFlaps(place, text);
  }
}
