// Numbers as text.

// Whole percent; never 100, which no network can know.
export function percent(probability, over99 = ">99") {
  return probability >= 0.995 ? over99 : `${Math.round(probability * 100)}`;
}

export const exactPercent = (share) => (share * 100).toFixed(2);

// Two digits of a percentage, however small.
export const smallPercent = (share, underHundredth) => (
  share < 0.0001 ? underHundredth : `${Number((share * 100).toPrecision(2))} %`);
