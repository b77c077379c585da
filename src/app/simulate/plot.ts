/**
 * The plots of a simulation as one self-contained picture: how busy agents are in each mode, abandons against the
 * limit, and what teams of other sizes would come to. Nothing is loaded from anywhere.
 */
import type { ModeForecast, TeamSize } from "../../simulation/pacing/forecast.ts";
import { plural } from "../print.ts";
import { classOf, el, escaped, STYLE, text, ticksTo, titled } from "./svg.ts";
import type { Simulation } from "./words.ts";
import { percent, question, verdict, withBounds, withHalf } from "./words.ts";

const WIDTH = 960;
const MARGIN = 32;
const HEAD = 92;
const ROW = 34;
const BAR = 18;
const NAME_WIDTH = 148;
const VALUE_WIDTH = 96;
const GAP = 40;
const PANEL_WIDTH = (WIDTH - 2 * MARGIN - GAP) / 2;
const PANEL_HEAD = 60;
const AXIS = 34;
const SIZES_HEIGHT = 330;

export function plotOf(simulation: Simulation): string {
  const { modes, sizes, settings } = simulation;
  const barsHeight = PANEL_HEAD + modes.length * ROW + AXIS;
  const sizesTop = HEAD + barsHeight + 26;
  const height = sizes === null ? HEAD + barsHeight + 16 : sizesTop + SIZES_HEIGHT + 20;
  const title = `Forecast for ${plural(settings.agents, "agent")}`;
  const described = modes.map(
    ({ mode, utilisation, abandonRate }) =>
      `${mode}: agents busy ${withHalf(utilisation)}, abandon rate ${withBounds(abandonRate)}`,
  );
  return el(
    "svg",
    {
      ...{ xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height },
      ...{ class: "fd", role: "img", "aria-labelledby": "fd-title fd-desc", style: "max-width: 100%; height: auto" },
    },
    el("title", { id: "fd-title" }, escaped(title)),
    el("desc", { id: "fd-desc" }, escaped(`${described.join("; ")}. ${verdict(simulation).join(" ")}`)),
    el("style", {}, STYLE),
    el("rect", { class: "ground", width: WIDTH, height }),
    text(MARGIN, 40, title, { class: "title" }),
    ...wrapped(question(settings), 128).map((line, index) => text(MARGIN, 62 + 17 * index, line, { class: "soft" })),
    bars(simulation, MARGIN, HEAD, UTILISATION),
    bars(simulation, MARGIN + PANEL_WIDTH + GAP, HEAD, ABANDONS),
    ...(sizes === null ? [] : [sizesPanel(sizes, settings.agents, sizesTop)]),
  );
}

/* ------------------------------------------------------------------- Bars */

interface BarPanel {
  readonly heading: string;
  readonly note: (simulation: Simulation) => string;
  readonly of: (forecast: ModeForecast) => { mean: number; low: number | null; high: number | null };
  readonly shown: (forecast: ModeForecast) => string;
  /** A mark of its own for the worst day. */
  readonly worst: ((forecast: ModeForecast) => number) | null;
  readonly limit: ((simulation: Simulation) => number) | null;
  readonly most: (simulation: Simulation) => number;
}

const UTILISATION: BarPanel = {
  heading: "How busy agents are",
  note: () => "Talk and wrap-up as a share of their time; whiskers: 95 % interval",
  of: ({ utilisation }) => utilisation,
  shown: ({ utilisation }) => withHalf(utilisation),
  worst: null,
  limit: null,
  most: () => 1,
};

const limitOf = ({ settings }: Simulation): number => settings.limitBasisPoints / 10_000;

const ABANDONS: BarPanel = {
  heading: "People abandoned",
  note: () => "Share of live answers, mean of the days; tick: the worst day",
  of: ({ abandonRate }) => abandonRate,
  shown: ({ abandonRate, abandons }) =>
    abandonRate.mean === 0 ? "none" : `${percent(abandonRate.mean, 2)}, ${Math.round(abandons.mean)} a day`,
  worst: ({ abandonRateMax }) => abandonRateMax,
  limit: limitOf,
  most: (simulation) =>
    1.15 * Math.max(limitOf(simulation), ...simulation.modes.map(({ abandonRateMax }) => abandonRateMax)),
};

function bars(simulation: Simulation, left: number, top: number, panel: BarPanel): string {
  const { modes } = simulation;
  const valueWidth = panel === ABANDONS ? VALUE_WIDTH + 24 : VALUE_WIDTH;
  const [from, width] = [left + NAME_WIDTH, PANEL_WIDTH - NAME_WIDTH - valueWidth];
  const ticks = ticksTo(panel.most(simulation), 4);
  const most = ticks.at(-1) ?? 1;
  const x = (share: number): number => from + (width * Math.min(share, most)) / most;
  const first = top + PANEL_HEAD;
  const bottom = first + modes.length * ROW;
  const digits = most < 0.1 && ticks.some((each) => Math.abs(1e4 * each - 100 * Math.round(100 * each)) > 1) ? 1 : 0;
  const limit = panel.limit?.(simulation);
  return el(
    "g",
    {},
    text(left, top + 8, panel.heading, { class: "head" }),
    text(left, top + 27, panel.note(simulation), { class: "soft small" }),
    ...ticks.flatMap((each) => [
      el("line", { class: "grid", x1: x(each), x2: x(each), y1: first, y2: bottom }),
      text(x(each), bottom + 18, percent(each, digits), { class: "soft small", "text-anchor": "middle" }),
    ]),
    ...modes.map((forecast, index) => bar(forecast, panel, left, first + index * ROW + (ROW - BAR) / 2, x, valueWidth)),
    ...(limit === undefined
      ? []
      : [
          el("line", { class: "limit", x1: x(limit), x2: x(limit), y1: first - 4, y2: bottom }),
          text(x(limit), first - 8, `limit ${percent(limit)}`, { class: "limit-words small", "text-anchor": "middle" }),
        ]),
  );
}

function bar(
  forecast: ModeForecast,
  panel: BarPanel,
  left: number,
  y: number,
  x: (share: number) => number,
  valueWidth: number,
): string {
  const { mean, low, high } = panel.of(forecast);
  const middle = y + BAR / 2;
  const worst = panel.worst?.(forecast) ?? 0;
  const hasWhisker = low !== null && high !== null && high - low > 0;
  return titled(
    `${forecast.mode}: ${panel.shown(forecast)}`,
    text(left, middle + 4.5, forecast.mode),
    el("rect", {
      class: `bar ${classOf(forecast.mode)}`,
      x: x(0),
      y,
      width: Math.max(0, x(mean) - x(0)),
      height: BAR,
      rx: 2,
    }),
    ...(hasWhisker
      ? [
          el("path", {
            class: "whisker",
            d: `M${x(low).toFixed(1)} ${middle}H${x(high).toFixed(1)}M${x(low).toFixed(1)} ${middle - 4}v8M${x(high).toFixed(1)} ${middle - 4}v8`,
          }),
        ]
      : []),
    ...(worst > 0 ? [el("line", { class: "worst", x1: x(worst), x2: x(worst), y1: y - 3, y2: y + BAR + 3 })] : []),
    text(left + PANEL_WIDTH, middle + 4.5, panel.shown(forecast), {
      ...{ class: "strong", "text-anchor": "end" },
      ...(valueWidth > VALUE_WIDTH ? { "font-size": 12 } : {}),
    }),
  );
}

/* ------------------------------------------------------------- Team sizes */

function sizesPanel(sizes: readonly TeamSize[], own: number, top: number): string {
  const [left, right] = [MARGIN + 44, WIDTH - MARGIN - 118];
  const [first, bottom] = [top + 48, top + SIZES_HEIGHT - 44];
  const logs = sizes.map(({ agents }) => Math.log(agents));
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  // By its logarithm: from three to six agents changes as much as from thirty to sixty.
  const x = (agents: number): number =>
    high === low ? (left + right) / 2 : left + 18 + ((right - left - 36) * (Math.log(agents) - low)) / (high - low);
  const least = Math.floor(Math.min(...sizes.map(({ progressive }) => progressive)) * 10 - 0.3) / 10;
  const base = Math.max(0, least);
  const y = (share: number): number => bottom - ((bottom - first) * (share - base)) / (1 - base);
  const steps = Array.from({ length: Math.round((1 - base) * 10) + 1 }, (_, step) => base + step / 10);
  const path = (of: (size: TeamSize) => number, order: readonly TeamSize[] = sizes): string =>
    order.map((size) => `${x(size.agents).toFixed(1)} ${y(of(size)).toFixed(1)}`).join("L");
  const predictive = (size: TeamSize): number => size.predictive;
  const progressive = (size: TeamSize): number => size.progressive;
  return el(
    "g",
    {},
    text(MARGIN, top + 8, "The same campaign with other teams", { class: "head" }),
    text(MARGIN, top + 27, "How busy agents are by number of agents; fewer days than above, so a little less certain", {
      class: "soft small",
    }),
    ...steps.flatMap((step) => [
      el("line", { class: "grid", x1: left, x2: right, y1: y(step), y2: y(step) }),
      text(left - 8, y(step) + 4, percent(step, 0), { class: "soft small", "text-anchor": "end" }),
    ]),
    el("path", { class: "gain", d: `M${path(predictive)}L${path(progressive, [...sizes].reverse())}Z` }),
    el("line", { class: "own", x1: x(own), x2: x(own), y1: first, y2: bottom }),
    line(sizes, "progressive", progressive, x, y, path),
    line(sizes, "predictive", predictive, x, y, path),
    ...sizes.map(({ agents }) =>
      text(x(agents), bottom + 19, String(agents), {
        ...{ class: agents === own ? "strong" : "soft", "text-anchor": "middle" },
      }),
    ),
    text((left + right) / 2, bottom + 38, "agents", { class: "soft small", "text-anchor": "middle" }),
  );
}

function line(
  sizes: readonly TeamSize[],
  mode: "progressive" | "predictive",
  of: (size: TeamSize) => number,
  x: (agents: number) => number,
  y: (share: number) => number,
  path: (of: (size: TeamSize) => number) => string,
): string {
  const last = sizes.at(-1);
  const above = mode === "predictive" ? -11 : 19;
  return el(
    "g",
    {},
    el("path", { class: `line ${mode}`, d: `M${path(of)}` }),
    ...sizes.map((size) =>
      titled(
        `${mode} with ${plural(size.agents, "agent")}: ${percent(of(size))}`,
        el("circle", { class: `bar ${mode}`, cx: x(size.agents), cy: y(of(size)), r: 4 }),
        text(x(size.agents), y(of(size)) + above, (100 * of(size)).toFixed(1), {
          class: "small halo",
          "text-anchor": "middle",
        }),
      ),
    ),
    ...(last === undefined ? [] : [text(x(last.agents) + 26, y(of(last)) + 4.5, mode, { class: "strong" })]),
  );
}

/** At the commas, so that no line is longer than so many characters. */
function wrapped(words: string, charactersMax: number): readonly string[] {
  const lines: string[] = [];
  for (const piece of words.split(/(?<=,) /)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + piece.length < charactersMax) lines[lines.length - 1] = `${last} ${piece}`;
    else lines.push(piece);
  }
  return lines;
}
