/** @import {Fare, Flight, JourneyState} from "../contracts.js" */

/**
 * What a journey costs and how many seats it has, from the present state of its flights: a brand's price is the sum of
 * its legs' prices, and seats are those of the fullest leg. `search/offers.py` is its twin.
 *
 * @param {(Flight | undefined)[]} legs in the order in which they are flown
 * @param {string} cabin
 * @param {number} passengers
 * @returns {JourneyState}
 */
export function journeyFares(legs, cabin, passengers) {
  let status = "open";
  let seatsLeft = 9;
  /** @type {Map<string, Fare> | null} */
  let fares = null;
  for (const leg of legs) {
    if (leg?.status === "cancelled") status = "cancelled";
    else if (leg?.status !== "open" && status === "open") status = "closed";
    const seats = leg?.cabins.find((each) => each.cabin === cabin);
    seatsLeft = Math.min(seatsLeft, seats?.seats_left ?? 0);
    /** @type {Map<string, Fare>} */
    const sums = new Map();
    for (const offer of seats?.offers ?? []) {
      const before = fares?.get(offer.brand);
      if (fares && !before) continue;
      sums.set(offer.brand, {
        brand: offer.brand,
        offerIds: [...(before?.offerIds ?? []), offer.offer_id],
        amount: (before?.amount ?? 0) + offer.amount,
        currency: offer.currency,
      });
    }
    fares = sums;
  }
  const sellable = status === "open" && seatsLeft >= passengers;
  return { status, seatsLeft, fares: sellable && fares ? fares : new Map() };
}

/** @param {number} seatsLeft nine stands for nine or more */
export function seatsText(seatsLeft) {
  if (seatsLeft <= 0) return "Sold out";
  return seatsLeft >= 9 ? "9+ seats" : `${seatsLeft} left`;
}
