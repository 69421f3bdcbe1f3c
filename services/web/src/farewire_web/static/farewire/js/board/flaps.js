/**
 * Turn an element's text over to another, flap by flap: only the characters that differ move. The words that a screen
 * reader finds stay in one piece.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function turnFlaps(element, text) {
  const before = textOf(element);
  const flaps = document.createElement("span");
  flaps.ariaHidden = "true";
  [...text].forEach((character, index) => {
    const flap = document.createElement("span");
    flap.className = "flap";
    flap.textContent = character;
    if (before.at(index - text.length) !== character) {
      flap.classList.add("flap--turn");
      flap.style.animationDelay = `${index * 40}ms`;
    }
    flaps.append(flap);
  });
  const spoken = document.createElement("span");
  spoken.className = "unseen";
  spoken.textContent = text;
  element.replaceChildren(spoken, flaps);
}

/**
 * What an element says, whether its flaps have turned yet or not.
 * @param {HTMLElement} element
 */
export function textOf(element) {
  return ((element.querySelector(".unseen") ?? element).textContent ?? "").trim();
}
