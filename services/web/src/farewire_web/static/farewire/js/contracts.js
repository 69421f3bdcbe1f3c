/**
 * The shapes of protocol 1 of the feed and of a board's start state, for the type checker alone.
 *
 * @typedef {{offer_id: string, brand: string, fare_class: string, amount: number, currency: string}} Offer
 * @typedef {{cabin: string, seats_left: number, offers: Offer[]}} Cabin
 * @typedef {{id: string, version: number, status: string, cabins: Cabin[]}} Flight
 * @typedef {{epoch: string, seq: number}} Position
 * @typedef {{type: "hello", protocol: number, connection: string, heartbeat_seconds: number}} Hello
 * @typedef {{type: "pong"}} Pong
 * @typedef {{type: "snapshot", topic: string, epoch: string, seq: number, recovered: boolean, flights: Flight[]}} Snapshot
 * @typedef {{type: "update", topic: string, epoch: string, seq: number, ts: number, flights: Flight[]}} Update
 * @typedef {{type: "stale", topic: string}} Stale
 * @typedef {{type: "draining", reconnect_after_ms: number}} Draining
 * @typedef {{type: "error", code: string, message: string}} FeedError
 * @typedef {Hello | Pong | Snapshot | Update | Stale | Draining | FeedError} ServerMessage
 *
 * @typedef {{brand: string, offerIds: string[], amount: number, currency: string}} Fare
 * @typedef {{status: string, seatsLeft: number, fares: Map<string, Fare>}} JourneyState
 * @typedef {{journey_id: string, flight_ids: string[]}} Journey
 * @typedef {{feed: string, passengers: number, topics: string[], only: Object<string, string[]>,
 *   journeys: Journey[], flights: Flight[]}} StartState
 */

export {};
