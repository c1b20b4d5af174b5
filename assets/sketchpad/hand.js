// "How well does it read you?": twenty digits in random order, the bars hidden; the first attempt counts.
//
// The drawings stay in this browser's session. Only the server's arithmetic is asked: what the network reads, the
// interval, and the file to download.

const HAND_DIGITS = 20;

// page: { find, say, ink, server, own, notify, remember, recall, canAsk, isPenDown, readModel, showGhost }
function createHand(page) {
  const { find, say, ink, server } = page;
  let test = null; // { labels, attempts, drawing, model }, while there is one
  let isAsking = false;

  const isRunning = () => Boolean(test && test.attempts.length < test.labels.length);

  function begin() {
    const labels = Array.from({ length: HAND_DIGITS }, (_, index) => index % 10);
    for (let index = labels.length - 1; index > 0; index -= 1) {
      const other = Math.floor(Math.random() * (index + 1));
      [labels[index], labels[other]] = [labels[other], labels[index]];
    }
    test = { labels, attempts: [], drawing: ink.save(), model: page.readModel() };
    show();
    ink.restore(null);
    find("#hand-next").focus();
    find("#sketchpad").scrollIntoView({ block: "nearest" });
  }

  function show() {
    page.remember("hand", JSON.stringify(test));
    const isOver = Boolean(test) && !isRunning();
    find(".sketch").dataset.mode = isRunning() ? "hand" : "";
    find("#hand-task").hidden = !isRunning();
    find("#hand-result").hidden = !isOver;
    page.showGhost(!isRunning());
    find("#hand-start").textContent = say(isOver ? "hand_again" : "hand_start");
    // Nothing of an earlier test may stand beside this one's.
    for (const part of ["summary", "refused", "missed", "compare"]) find(`#hand-${part}`).replaceChildren();
    if (isRunning()) showTask();
  }

  function showTask() {
    const number = test.attempts.length;
    const digit = find("#hand-digit");
    digit.textContent = test.labels[number];
    digit.style.setProperty("--digit-color", `var(--digit-${test.labels[number]})`);
    find("#hand-progress").textContent = say("hand_progress", { number: number + 1, total: test.labels.length });
    find("#hand-meter").value = number;
    find("#hand-announcement").textContent = `${say("hand_draw")} ${test.labels[number]}`;
    update();
  }

  // The button keeps its focus while it cannot be used, so that Enter goes on when it can.
  function update() {
    find("#hand-next").setAttribute("aria-disabled", isAsking || !page.canAsk());
  }

  async function next() {
    if (!isRunning() || isAsking || !page.canAsk() || page.isPenDown()) return;
    const asked = test;
    const strokes = ink.strokes();
    const drawn = ink.save();
    setAsking(true);
    const answer = await Promise.race([server.classify_drawing({ strokes, model: test.model }), later(GIVE_UP)]);
    setAsking(false);
    if (test !== asked) return;
    if (!answer?.ok) {
      ink.restore(drawn);
      return page.notify(answer?.error ?? say("server_away"));
    }
    page.notify("");
    const { kind, labels } = answer.verdict;
    page.own.add(answer.image, test.labels[test.attempts.length]);
    test.attempts.push({ strokes, read: labels[0], isRefused: kind === "refused", image: answer.image });
    show();
    ink.restore(isRunning() ? null : test.drawing);
    if (!isRunning()) {
      showResult();
      find("#hand-summary").focus();
      find("#hand").scrollIntoView({ block: "nearest" });
    }
  }

  // While the answer is on its way, more ink would belong to neither digit.
  function setAsking(value) {
    isAsking = value;
    find("#sketchpad").inert = value;
    update();
  }

  function stop() {
    const { drawing } = test;
    test = null;
    show();
    ink.restore(drawing);
    find("#hand-start").focus();
  }

  const describe = () => test.attempts.map((attempt, index) => ({ ...attempt, label: test.labels[index] }));

  async function showResult() {
    if (!test || isRunning()) return;
    const shown = test;
    const drawn = describe();
    const right = drawn.filter(({ label, read }) => label === read).length;
    const answer = await server.compare_hand({ right, total: drawn.length });
    if (test !== shown) return;
    if (!answer?.ok) {
      find("#hand-summary").textContent = answer?.error ?? say("server_away");
      return answer ? undefined : retryLater(showResult);
    }
    const [low, high] = answer.interval.map((share) => Math.round(share * 100));
    find("#hand-summary").textContent = say("hand_summary", { right, total: drawn.length, low, high });
    const refused = drawn.filter(({ isRefused }) => isRefused).length;
    find("#hand-refused").textContent = refused ? say("hand_refused", { refused }) : "";
    find("#hand-missed").replaceChildren(...drawn.filter(({ label, read }) => label !== read).map(drawMissed));
    find("#hand-compare").replaceChildren(...answer.rows.map(drawRow));
  }

  function drawMissed({ label, read, isRefused, image }) {
    const figure = document.createElement("figure");
    const canvas = Object.assign(document.createElement("canvas"), { width: 28, height: 28 });
    paintPixels(canvas, decodePixels(image));
    const caption = document.createElement("figcaption");
    caption.textContent = say(isRefused ? "hand_missed_refused" : "hand_missed", { label, read });
    figure.append(canvas, caption);
    return figure;
  }

  // A row of the comparison: a name, and a scale from 50 to 100 % with the interval and the share.
  function drawRow({ name, accuracy, interval, isYou }) {
    const row = document.createElement("div");
    row.className = isYou ? "you" : "";
    const cell = (className, text = "") => Object.assign(document.createElement("span"), { className, textContent: text });
    const scale = cell("scale");
    const at = (share) => `${Math.max(0, (share - 0.5) * 200)}%`;
    const range = cell("range");
    range.style.left = at(interval[0]);
    range.style.right = `calc(100% - ${at(interval[1])})`;
    const point = cell("point");
    point.style.left = at(accuracy);
    scale.append(range, point);
    const share = (value) => (value * 100).toFixed(isYou ? 0 : 1);
    row.append(cell("name", isYou ? say("hand_you") : name), scale, cell("value", say("hand_value", {
      accuracy: share(accuracy), low: share(interval[0]), high: share(interval[1]),
    })));
    return row;
  }

  async function download() {
    const answer = await server.pack_hand({ drawings: describe().map(({ strokes, label }) => ({ strokes, label })) });
    if (!answer?.ok) return page.notify(answer?.error ?? say("server_away"));
    const bytes = Uint8Array.from(atob(answer.file), (character) => character.charCodeAt(0));
    const url = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
    Object.assign(document.createElement("a"), { href: url, download: "my_hand.npz" }).click();
    setTimeout(() => URL.revokeObjectURL(url), GIVE_UP);
  }

  find("#hand-start").addEventListener("click", begin);
  find("#hand-next").addEventListener("click", next);
  find("#hand-stop").addEventListener("click", stop);
  find("#hand-delete").addEventListener("click", () => {
    page.own.forget(test.attempts.map(({ image }) => image));
    test = null;
    show();
  });
  find("#hand-download").addEventListener("click", download);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.repeat && isRunning() && event.target.tagName !== "BUTTON") next();
  });

  return {
    get isRunning() { return isRunning(); },
    update,
    // After a reload: the test goes on with an empty pad.
    resume() {
      try { test = JSON.parse(page.recall("hand")); } catch { test = null; }
      show();
      ink.restore(isRunning() ? null : page.recall("drawing"));
      if (test && !isRunning()) showResult();
    },
  };
}
