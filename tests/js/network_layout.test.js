import assert from "node:assert/strict";
import { test } from "node:test";
import { cornerOf, findTile, layOut } from "../../assets/inside/network_layout.js";

const SHAPES = {
  sketchnet: [[28, 28, 32], [14, 14, 32], [14, 14, 64], [14, 14, 64], [7, 7, 64], [7, 7, 144], [7, 7, 144], [144], [11]],
  wide: [[28, 28, 32], [14, 14, 32], [14, 14, 64], [7, 7, 64], [1024], [10]],
  linear: [[10]],
};
const SIZES = [[1000, 760], [700, 420], [280, 400]];

for (const [name, shapes] of Object.entries(SHAPES)) {
  for (const [width, height] of SIZES) {
    test(`${name} fits into ${width} by ${height}, and each of its tiles is found where it stands`, () => {
      const strips = layOut(shapes, width, height);
      assert.equal(strips.length, shapes.length + 1);
      strips.forEach((strip, number) => {
        for (let channel = 0; channel < strip.count; channel += 1) {
          const [left, top] = cornerOf(strip, channel);
          assert.ok(left >= -1e-6 && left + strip.tile <= width + 1e-6);
          assert.ok(top >= 0 && top <= height);
          assert.deepEqual(findTile(strips, left + strip.tile / 2, top + strip.tile / 2), { number, channel });
        }
      });
    });
  }
}

test("strips do not overlap, and end within the picture", () => {
  const strips = layOut(SHAPES.sketchnet, 700, 420);
  strips.slice(1).forEach((strip, index) => {
    const above = strips[index];
    assert.ok(cornerOf(above, above.count - 1)[1] + above.tile <= above.top + above.height + 1e-6);
    assert.ok(above.top + above.height < strip.top);
  });
  assert.ok(Math.abs(strips.at(-1).top + strips.at(-1).height - 420) < 1e-6);
});

test("beside the tiles there is nothing", () => {
  const strips = layOut(SHAPES.linear, 700, 420);
  assert.equal(findTile(strips, 1, 1), null);
  assert.equal(findTile(strips, 350, strips[0].height + 3), null);
});
