// What a pupil does next, told by the server's snapshot and by what this device has drawn since. Knows no page.

// `own` are drawings that the snapshot may not have yet, each { number, round, pupil, label }. Gives the drawings of
// this round as `labels` by number, the `digit` to draw, or null for any, and how many of those asked for are `done`,
// of a `total`; when all are, the digits begin again, as often as somebody likes.
export function findTask({ activity, pupil, asked, drawings }, own) {
  const labels = new Map(drawings.map(({ number, id, label }) => [number ?? `of another device: ${id}`, label]));
  for (const drawing of own) {
    if (drawing.round === activity.round && drawing.pupil === pupil?.id) labels.set(drawing.number, drawing.label);
  }
  const spare = [...labels.values()];
  const missing = asked.filter((digit) => {
    const place = spare.indexOf(digit);
    if (place >= 0) spare.splice(place, 1);
    return place < 0;
  });
  const total = asked.length;
  const digit = missing[0] ?? asked[spare.length % total] ?? null;
  return { digit, done: total - missing.length, total, isDone: !missing.length, num: labels.size };
}

// Which view a device shows; `isMore` says that more is drawn than was asked for.
export function chooseView(news, task, isMore) {
  const { activity: { name, step }, pupil, to_vote: toVote } = news;
  if (news.is_waiting) return "waiting";
  if (!pupil) return "outside";
  const isToRead = toVote.some(({ vote }) => vote === null);
  if (step === "draw" && name === "fool_it") return "draw";
  if (step === "draw") {
    if (!task.isDone || isMore) return "draw";
    return name === "our_handwriting" && isToRead ? "read" : "thanks";
  }
  return { answer: "questions", collect: "paper" }[step] ?? (step === "results" ? `results_${name}` : step);
}
