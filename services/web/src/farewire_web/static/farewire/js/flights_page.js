import { AirportField } from "./elements/airport_field.js";
import { FareBoard } from "./elements/fare_board.js";
import { FeedStatus } from "./elements/feed_status.js";

customElements.define("airport-field", AirportField);
customElements.define("feed-status", FeedStatus);
customElements.define("fare-board", FareBoard);
