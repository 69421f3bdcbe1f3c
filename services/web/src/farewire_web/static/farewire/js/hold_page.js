import { HoldCountdown } from "./elements/hold_countdown.js";

customElements.define("hold-countdown", HoldCountdown);
