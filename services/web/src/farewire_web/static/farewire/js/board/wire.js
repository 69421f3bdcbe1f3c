/**
 * Send a pulse along the wire: something came in.
 * @param {HTMLElement} wire
 */
export function pulse(wire) {
  wire.classList.remove("wire--pulse");
  void wire.offsetWidth; // or the animation would not start anew
  wire.classList.add("wire--pulse");
}
