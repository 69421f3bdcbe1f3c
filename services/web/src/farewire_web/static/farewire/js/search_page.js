import { AirportField } from "./elements/airport_field.js";

customElements.define("airport-field", AirportField);
