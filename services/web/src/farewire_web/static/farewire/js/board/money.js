const SIGNS = new Map([["USD", "$"], ["EUR", "€"], ["GBP", "£"]]);

/**
 * Minor units as people read them: `$1,299`, or `$1,299.50` where there are cents; `pages/wording.py` is its twin.
 * @param {number} amount
 * @param {string} currency
 */
export function amountText(amount, currency) {
  const cents = amount % 100;
  const digits = (amount / 100).toLocaleString("en-US", { minimumFractionDigits: cents ? 2 : 0, maximumFractionDigits: 2 });
  const sign = SIGNS.get(currency);
  return sign ? `${sign}${digits}` : `${digits} ${currency}`;
}
