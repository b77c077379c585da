/** The plots: well-formed, complete, self-contained, and nothing in them that was not meant as text. */
import { expect, test } from "@jest/globals";
import { pageOf } from "../../../../src/app/simulate/page.ts";
import { plotOf } from "../../../../src/app/simulate/plot.ts";
import { escaped, STYLE, ticksTo } from "../../../../src/app/simulate/svg.ts";
import { allText, everyElement, readXml, type XmlElement } from "../../../support/xml.ts";
import { around, forecast, progressive, simulation } from "./samples.ts";

const sizes = [
  { agents: 3, progressive: 0.642, predictive: 0.727, abandonRate: 0.027 },
  { agents: 5, progressive: 0.695, predictive: 0.789, abandonRate: 0.027 },
  { agents: 20, progressive: 0.698, predictive: 0.886, abandonRate: 0.028 },
];
const whole = simulation({ sizes });

const named = (root: XmlElement, name: string): readonly XmlElement[] =>
  everyElement(root).filter((element) => element.name === name);
const barsOf = (root: XmlElement): readonly XmlElement[] =>
  named(root, "rect").filter(({ attributes }) => attributes["class"]?.startsWith("bar ") === true);

test.each([
  ["picture", plotOf(whole)],
  ["page", pageOf(whole)],
])("the %s is well-formed and shows every figure", (_, xml) => {
  const root = readXml(xml);
  const words = allText(root);
  for (const figure of ["78.9 % ± 0.4", "69.5 % ± 0.4", "2.78 %, 24 a day", "limit 3.0 %", "88.6", "64.2"]) {
    expect(words).toContain(figure);
  }
  const [svg] = named(root, "svg");
  expect(svg?.attributes).toMatchObject({ role: "img", "aria-labelledby": "fd-title fd-desc" });
  expect(words).toContain("predictive: agents busy 78.9 % ± 0.4, abandon rate 2.78 % (2.72 to 2.84)");
});

test("the page has the table, the warning and what was taken for granted", () => {
  const root = readXml(pageOf(whole));
  expect(named(root, "tr")).toHaveLength(3);
  expect(allText(root)).toContain("With 5 agents predictive is expected to keep agents busy 78.9 %");
  expect(allText(root)).toContain("the same calls for each (seed 1)");
});

test("nothing is loaded from anywhere, and nothing runs", () => {
  for (const xml of [plotOf(whole), pageOf(whole)]) {
    const root = readXml(xml);
    expect(named(root, "script")).toEqual([]);
    const addresses = everyElement(root).flatMap(({ attributes }) => [attributes["href"], attributes["src"]]);
    expect(addresses.filter((each) => each !== undefined)).toEqual([]);
    expect(xml).not.toMatch(/url\(|@import|https?:(?!\/\/www\.w3\.org\/)/);
  }
});

test("bars are as long as what they show", () => {
  const widths = barsOf(readXml(plotOf(whole))).map(({ attributes }) => Number(attributes["width"]));
  const [busyFloor = 0, busy = 0, noAbandons = -1, abandons = 0] = widths;
  expect(widths).toHaveLength(4);
  expect(busy / busyFloor).toBeCloseTo(0.789 / 0.695, 2);
  expect(noAbandons).toBe(0);
  expect(abandons).toBeGreaterThan(50);
});

test("everything stays on the canvas, whatever the figures", () => {
  const wild = simulation({
    modes: [
      progressive,
      forecast("power:10", 0.999, {
        abandonRate: around(0.4, 0.3),
        abandonRateMax: 0.9,
        utilisation: around(0.999, 0.5),
      }),
      forecast("predictive", 0, { utilisation: around(0, null), abandonRate: around(0, null) }),
    ],
    sizes: [{ agents: 1, progressive: 0, predictive: 0, abandonRate: 0 }],
  });
  const root = readXml(plotOf(wild));
  const [width, height] = [Number(root.attributes["width"]), Number(root.attributes["height"])];
  expect(plotOf(wild)).not.toMatch(/NaN|Infinity|undefined/);
  for (const { attributes } of everyElement(root)) {
    for (const [key, most] of [
      ["x", width],
      ["x1", width],
      ["x2", width],
      ["y", height],
      ["y1", height],
      ["y2", height],
    ] as const) {
      const value = attributes[key];
      if (value === undefined) continue;
      expect(Number(value)).toBeGreaterThanOrEqual(0);
      expect(Number(value)).toBeLessThanOrEqual(most);
    }
  }
});

test("text is text", () => {
  const odd = `<script>"a" & b</script>\u0000`;
  const modes = [{ ...progressive, mode: odd }];
  const root = readXml(pageOf(simulation({ modes })));
  expect(named(root, "script")).toEqual([]);
  expect(allText(root)).toContain(`<script>"a" & b</script>`);
  expect(escaped("\u0007a")).toBe("a");
});

test("axes have round steps that cover what is shown", () => {
  expect(ticksTo(1, 4)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(ticksTo(0.034, 4)).toEqual([0, 0.01, 0.02, 0.03, 0.04]);
  for (const most of [0.0004, 0.011, 0.07, 0.3, 7, 480]) expect(ticksTo(most, 4).at(-1)).toBeGreaterThan(0.9999 * most);
});

/* Contrast as WCAG 2.2 counts it: text of this size needs 4.5. */
const luminance = (hex: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

test.each([
  ["light", 0],
  ["dark", 1],
])("text can be read on a %s screen", (_, block) => {
  const colour = (name: string): string =>
    [...STYLE.matchAll(new RegExp(`--${name}: (#[0-9a-f]{6})`, "g"))][block]?.[1] ?? "";
  const ground = luminance(colour("ground"));
  for (const name of ["ink", "soft", "limit"]) {
    const [one, other] = [luminance(colour(name)), ground].sort((a, b) => b - a);
    expect(((one ?? 0) + 0.05) / ((other ?? 1) + 0.05)).toBeGreaterThan(4.5);
  }
});
