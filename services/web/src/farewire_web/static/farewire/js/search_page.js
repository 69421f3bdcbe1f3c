import { AirportField } from "./elements/airport_field.js";
import { FareDepartures } from "./elements/fare_departures.js";
import { FeedStatus } from "./elements/feed_status.js";

customElements.define("airport-field", AirportField);
customElements.define("feed-status", FeedStatus);
customElements.define("fare-departures", FareDepartures);
