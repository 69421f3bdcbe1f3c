/**
 * Send a pulse along a wire, or along what stands for one: something came in.
 * @param {HTMLElement} element
 */
export function pulse(element) {
  element.classList.remove("pulse");
  void element.offsetWidth; // or the animation would not start anew
  element.classList.add("pulse");
}
