/** @import {Flight} from "../contracts.js" */

/**
 * Flights by id, each at the highest version heard of. Messages carry state, so a repeated, reordered or skipped one
 * does no harm: whatever is not newer is left aside.
 */
export class FlightStore {
  /** @param {Iterable<Flight>} flights what the page was rendered from */
  constructor(flights) {
    /** @type {Map<string, Flight>} */
    this.flights = new Map();
    this.apply(flights);
  }

  /**
   * Keep what is newer.
   * @param {Iterable<Flight>} flights
   * @returns {Set<string>} the ids of the flights that changed
   */
  apply(flights) {
    const changed = new Set();
    for (const flight of flights) {
      const known = this.flights.get(flight.id);
      if (known && known.version >= flight.version) continue;
      this.flights.set(flight.id, flight);
      changed.add(flight.id);
    }
    return changed;
  }

  /** @param {string} id */
  get(id) {
    return this.flights.get(id);
  }
}
