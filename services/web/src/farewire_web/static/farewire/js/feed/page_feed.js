import { FeedConnection } from "./connection.js";

/**
 * A connection that lives as its page does: it leaves when the page is put away, so that the browser may keep the page
 * whole, and comes back with it or with the network.
 * @param {{feed: string, topics: string[], only?: Object<string, string[]>}} state
 * @returns {FeedConnection}
 */
export function pageFeed(state) {
  const url = new URL(state.feed, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const feed = new FeedConnection(url.href, state.topics, state.only);
  addEventListener("online", () => feed.open());
  addEventListener("offline", () => feed.lose());
  addEventListener("pagehide", () => feed.close());
  addEventListener("pageshow", (event) => event.persisted && feed.open());
  return feed;
}
