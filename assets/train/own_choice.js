// Which of a visitor's drawings a network learns from, and what they lack. Knows no page.

// As the server has it, which holds out a fifth of each digit's drawings, at least one.
export const LEAST = 10;

export const isMeant = ({ label }) => Number.isInteger(label);

// What is sent: those whose digit is known, unless they were left out.
export function chooseSamples(drawings) {
  const used = drawings.filter((drawing) => isMeant(drawing) && !drawing.isLeftOut);
  return used.map(({ image, label }) => ({ image, label }));
}

export function countDigits(samples) {
  const counts = Array(10).fill(0);
  for (const { label } of samples) counts[label] += 1;
  return counts;
}

export function countHeldOut(counts) {
  return counts.reduce((sum, count) => sum + (count > 1 ? Math.max(1, Math.floor(count / 5)) : 0), 0);
}

// The key of what is said where nothing can be learned from them; empty where it can.
export function findLack(counts) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (!total) return "own_lack_none";
  if (total < LEAST) return "own_lack_few";
  return counts.filter((count) => count > 1).length < 2 ? "own_lack_digits" : "";
}

export const listMissing = (counts) => [...counts.keys()].filter((digit) => !counts[digit]);
