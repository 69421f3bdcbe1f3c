/** @import {Flight, Position, ServerMessage} from "../contracts.js" */

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15000;
const SILENT_HEARTBEATS = 2.5;

/**
 * One page's connection to the feed, protocol 1. It reconnects by itself, telling what it already has, and dispatches:
 *
 * - `flights`: `detail` is `{topic, flights, ts}`; `ts` is the commit's time in seconds, or null for a snapshot
 * - `state`: `detail` is `"connecting"`, `"live"`, `"stale"` (connected, but the gateway cannot vouch for what it
 *   shows) or `"offline"`
 */
export class FeedConnection extends EventTarget {
  /**
   * @param {string} url a `ws:` or `wss:` address
   * @param {string[]} topics
   * @param {Object<string, string[]>} only the flights of each topic that matter to this page
   */
  constructor(url, topics, only = {}) {
    super();
    this.url = url;
    this.topics = topics;
    this.only = only;
    /** @type {Map<string, Position>} */
    this.have = new Map();
    /** @type {Set<string>} topics whose state the gateway vouches for */
    this.fresh = new Set();
    this.state = "connecting";
    this.failures = 0;
    this.heartbeatMs = 30000;
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {number | undefined} */
    this.retryTimer = undefined;
    /** @type {number | undefined} */
    this.silenceTimer = undefined;
    this.stopped = false;
  }

  /** Connect now, whatever was waited for. */
  open() {
    this.stopped = false;
    clearTimeout(this.retryTimer);
    this.#abandon();
    const socket = new WebSocket(this.url, ["farewire.v1"]);
    this.socket = socket;
    socket.addEventListener("open", () => this.#subscribe());
    socket.addEventListener("message", (event) => socket === this.socket && this.#receive(String(event.data)));
    socket.addEventListener("close", () => socket === this.socket && this.#lost());
    this.#listenForSilence();
  }

  /** Leave, and do not come back until opened again. */
  close() {
    this.stopped = true;
    clearTimeout(this.retryTimer);
    this.#abandon();
    this.#become("offline");
  }

  /** The network is known to be away. */
  lose() {
    this.#abandon();
    this.#lost();
  }

  #abandon() {
    clearTimeout(this.silenceTimer);
    const socket = this.socket;
    this.socket = null;
    this.fresh.clear();
    socket?.close();
  }

  #subscribe() {
    this.socket?.send(
      JSON.stringify({
        type: "subscribe",
        topics: this.topics,
        have: Object.fromEntries(this.have),
        only: this.only,
      }),
    );
  }

  /** @param {string} text */
  #receive(text) {
    this.#listenForSilence();
    /** @type {ServerMessage} */
    const message = JSON.parse(text);
    switch (message.type) {
      case "hello":
        this.heartbeatMs = message.heartbeat_seconds * 1000;
        this.#listenForSilence();
        break;
      case "snapshot":
        this.#advance(message.topic, message.epoch, message.seq);
        this.#deliver(message.topic, message.flights, null);
        this.fresh.add(message.topic);
        if (this.fresh.size === this.topics.length) {
          this.failures = 0;
          this.#become("live");
        }
        break;
      case "update":
        this.#advance(message.topic, message.epoch, message.seq);
        this.#deliver(message.topic, message.flights, message.ts);
        break;
      case "stale":
        this.fresh.delete(message.topic);
        this.#become("stale");
        break;
      case "draining":
        this.#leaveIn(message.reconnect_after_ms);
        break;
      case "error":
        console.warn(`feed: ${message.code}: ${message.message}`);
        break;
    }
  }

  /** @param {string} topic @param {string} epoch @param {number} seq */
  #advance(topic, epoch, seq) {
    const known = this.have.get(topic);
    if (!known || known.epoch !== epoch || known.seq < seq) this.have.set(topic, { epoch, seq });
  }

  /** @param {string} topic @param {Flight[]} flights @param {number | null} ts */
  #deliver(topic, flights, ts) {
    if (flights.length) this.dispatchEvent(new CustomEvent("flights", { detail: { topic, flights, ts } }));
  }

  /** @param {string} state */
  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }

  /** A gateway that is about to go tells when to leave it; the times are spread, so all do not come at once.
   * @param {number} ms */
  #leaveIn(ms) {
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.open(), ms);
  }

  #lost() {
    this.socket = null;
    this.fresh.clear();
    clearTimeout(this.silenceTimer);
    if (this.stopped) return;
    this.#become("offline");
    const ceiling = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.failures);
    this.failures += 1;
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.open(), ceiling * (0.5 + Math.random() / 2));
  }

  /** A socket that died without a close is silent; every live one speaks at least once a heartbeat. */
  #listenForSilence() {
    clearTimeout(this.silenceTimer);
    this.silenceTimer = setTimeout(() => this.lose(), this.heartbeatMs * SILENT_HEARTBEATS);
  }
}
