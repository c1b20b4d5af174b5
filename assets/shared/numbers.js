// Numbers as text.

const MINUS = "\u2212";

// Whole percent; never 100, which no network can know.
export function percent(probability, over99 = ">99") {
  return probability >= 0.995 ? over99 : `${Math.round(probability * 100)}`;
}

export const tenthPercent = (share) => (share * 100).toFixed(1);

export const exactPercent = (share) => (share * 100).toFixed(2);

// Two digits of a percentage, however small.
export const smallPercent = (share, underHundredth) => (
  share < 0.0001 ? underHundredth : `${Number((share * 100).toPrecision(2))}%`);

// With a minus that is as wide as a digit.
export const fixed = (value, digits) => value.toFixed(digits).replace("-", MINUS);

export const shortest = (value) => String(Number(value.toFixed(2))).replace("-", MINUS);

// Two decimals; of what is smaller than one, two digits, however small.
export const size = (value) => (Math.abs(value) < 0.995 && value !== 0
  ? Number(Math.abs(value).toPrecision(2)).toString() : Math.abs(value).toFixed(2));

export const signed = (value) => `${value < 0 ? MINUS : "+"}${size(value)}`;

// Three digits; more of what is near 1, where those that matter come late: a probability is never 1.
export function significant(value) {
  const largeness = Math.abs(value);
  if (Number.isInteger(value)) return value.toLocaleString("en-GB");
  if (largeness < 1e-6) return "≈ 0";
  if (largeness > 0.99999 && largeness < 1) return `${value < 0 ? "-" : ""}0.99999…`;
  if (largeness > 0.99 && largeness < 1.01) return String(Number(value.toFixed(5)));
  return value.toLocaleString("en-GB", { maximumSignificantDigits: 3 });
}
