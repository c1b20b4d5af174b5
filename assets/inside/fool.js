// Fool it: noise by the sign of the gradient, at every strength, and what the other models make of the same noise.

function createFool() {
  let shown = null; // the last answer, with the drawing as `image`
  let number = Number(find("#fool-strength").value); // of the strength

  const topOf = (probabilities) => probabilities.indexOf(Math.max(...probabilities));

  async function show({ image, model }, isCurrent) {
    find("#fool-sum").classList.add("stale");
    const answer = await ask("fool_models", { image, model }, isCurrent);
    if (!answer) return;
    find("#fool-sum").classList.remove("stale");
    shown = { ...answer, image: decodePixels(image), noise: [...decodePixels(answer.sign)].map((value) => value - 1) };
    paintPixels(find("#fool-before"), shown.image);
    paintPixels(find("#fool-noise"), shown.noise, signedColor);
    find("#fool-strength").max = answer.strengths.length - 1;
    find("#fool-others").textContent = say(answer.models.length > 1 ? "fool_others" : "fool_alone");
    const [first] = answer.models;
    const chart = drawCurves(find("#fool-curves"), {
      x: answer.strengths,
      curves: Array.from({ length: 10 }, (_, digit) => ({
        label: digit, values: first.probabilities.map((row) => row[digit]), color: digitColor(digit),
      })),
      at: answer.strengths[number],
      xLabel: say("fool_strength"),
      format: (value) => value.toFixed(2),
      onPick: (value) => setStrength(answer.strengths.indexOf(value)),
    });
    shown.chart = chart;
    setStrength(number);
  }

  // The number of the smallest strength at which a model answers otherwise than without noise; -1 where there is none.
  function findFooled({ probabilities }) {
    const before = topOf(probabilities[0]);
    return probabilities.findIndex((row) => topOf(row) !== before);
  }

  function setStrength(next) {
    if (!shown || next < 0) return;
    number = next;
    const { strengths, image, noise, models, digit } = shown;
    const strength = strengths[number];
    find("#fool-strength").value = number;
    find("#fool-strength").setAttribute("aria-valuetext", strength.toFixed(2));
    find("#fool-value").textContent = strength.toFixed(2);
    find("#fool-times").textContent = `+ ${strength.toFixed(2)} ×`;
    shown.chart.show(strength);
    paintPixels(find("#fool-after"), image.map((value, index) => Math.min(255, Math.max(0, value + strength * 255 * noise[index]))));
    const [first] = models;
    find("#fool-sentence").replaceChildren(...describe(first));
    const smallest = findFooled(first);
    const button = find("#fool-smallest");
    button.hidden = smallest < 0;
    button.textContent = smallest < 0 ? "" : say("fool_smallest", { strength: strengths[smallest].toFixed(2) });
    button.onclick = () => setStrength(smallest);
    showModels();
    teach("fool", {
      digit, strength: strength.toFixed(2), percent: Math.round(strength * 100), said: find("#fool-sentence").textContent,
      smallest: smallest < 0 ? say("fool_never") : strengths[smallest].toFixed(2),
    });
  }

  // What the model says at this strength, with the digit in its colour.
  function describe({ probabilities, accepted }) {
    const label = topOf(probabilities[number]);
    const before = topOf(probabilities[0]);
    const kind = !accepted[number] ? "fool_refused" : label === before ? "fool_still" : "fool_fooled";
    const digit = make("b", { textContent: label });
    digit.style.setProperty("--digit-color", digitColor(label));
    const [head, tail = ""] = say(kind, { percent: percent(probabilities[number][label], say("over_99")), before, digit: "\n" }).split("\n");
    return [head, digit, tail];
  }

  function showModels() {
    const { models, strengths } = shown;
    const rows = models.map((model) => {
      const row = model.probabilities[number];
      const fooled = findFooled(model);
      const refused = model.accepted.indexOf(false);
      return [
        model.label,
        String(topOf(model.probabilities[0])),
        say(model.accepted[number] ? "fool_reads" : "fool_reads_refused", { digit: topOf(row), percent: percent(Math.max(...row)) }),
        fooled < 0 ? say("fool_never") : strengths[fooled].toFixed(2),
        refused < 0 ? say("fool_never") : strengths[refused].toFixed(2),
      ];
    });
    const head = ["model", "before", "now", "from", "refused"].map((key) => say(`fool_column_${key}`));
    find("#fool-table").replaceChildren(drawTable(say("fool_models"), { head, rows }));
  }

  find("#fool-strength").addEventListener("input", ({ target }) => setStrength(Number(target.value)));

  return { show };
}

addView("fool", createFool());
