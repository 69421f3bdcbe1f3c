/**
 * Whether a row is wanted; `pages/board_filter.py` decides the same for a page without script.
 * @param {DOMStringMap} row the row's data attributes: stops, part, carriers
 * @param {URLSearchParams} wanted
 */
export function isWanted(row, wanted) {
  const stops = wanted.get("stops") || "any";
  const part = wanted.get("depart") || "any";
  const carrier = wanted.get("carrier") || "";
  return (
    (stops === "any" || row.stops === "0") &&
    (part === "any" || row.part === part) &&
    (!carrier || (row.carriers ?? "").split(" ").includes(carrier))
  );
}

/**
 * The order of two rows.
 * @param {string} sort `departs`, `price` or `duration`
 * @returns {(a: {element: HTMLElement, cheapest: number | null}, b: {element: HTMLElement, cheapest: number | null}) => number}
 */
export function rowOrder(sort) {
  /** @param {HTMLElement} element @param {string} name */
  const number = (element, name) => Number(element.dataset[name]);
  return (a, b) => {
    const first =
      sort === "price"
        ? (a.cheapest ?? Infinity) - (b.cheapest ?? Infinity) || 0
        : sort === "duration"
          ? number(a.element, "duration") - number(b.element, "duration")
          : 0;
    return (Number.isNaN(first) ? 0 : first) || number(a.element, "departs") - number(b.element, "departs");
  };
}
