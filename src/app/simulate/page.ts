/** The plots with their figures and what they rest on, as one page that needs nothing else. It is well-formed XML too. */
import { columnsFor } from "./print.ts";
import { plotOf } from "./plot.ts";
import { el, escaped } from "./svg.ts";
import type { Simulation } from "./words.ts";
import { assumptions, calibrationFigures, verdict, warnings } from "./words.ts";

const PAGE_STYLE = `
  :root { color-scheme: light dark; --page: #f4f6f8; --card: #ffffff; --words: #1b2430; --quiet: #5a6675; --rule: #e3e7ec;
    --note: #fff6e3; --note-edge: #c77b14; }
  @media (prefers-color-scheme: dark) {
    :root { --page: #0b0f14; --card: #12171e; --words: #e9edf2; --quiet: #a3afbd; --rule: #2a333e; --note: #2a2214;
      --note-edge: #e5a54b; }
  }
  body { margin: 0; background: var(--page); color: var(--words); line-height: 1.5;
    font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; font-size: 15px; }
  main { max-width: 1024px; margin: 0 auto; padding: 24px 16px 48px; }
  .card { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; overflow: hidden; margin-bottom: 16px; }
  .words { padding: 4px 32px 12px; }
  .verdict { font-size: 17px; }
  .note { background: var(--note); border-left: 4px solid var(--note-edge); padding: 8px 14px; margin: 10px 0; }
  .quiet { color: var(--quiet); font-size: 13px; }
  .scroll { overflow-x: auto; padding: 8px 24px 20px; }
  table { border-collapse: collapse; font-size: 12.5px; font-variant-numeric: tabular-nums; width: 100%; }
  caption { text-align: left; font-weight: 600; font-size: 15px; padding: 10px 8px; }
  th, td { text-align: right; padding: 6px 5px; border-bottom: 1px solid var(--rule); white-space: nowrap; }
  th { color: var(--quiet); font-weight: 600; white-space: normal; vertical-align: bottom; }
  th:first-child, td:first-child { text-align: left; }
  svg { display: block; width: 100%; }
`;

const tableOf = (caption: string, headings: readonly string[], rows: readonly (readonly string[])[]): string =>
  el(
    "div",
    { class: "card scroll" },
    el(
      "table",
      {},
      el("caption", {}, escaped(caption)),
      el("thead", {}, el("tr", {}, ...headings.map((each) => el("th", { scope: "col" }, escaped(each))))),
      el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((cell) => el("td", {}, escaped(cell)))))),
    ),
  );

export function pageOf(simulation: Simulation): string {
  const { modes, calibration, settings } = simulation;
  const columns = columnsFor(simulation);
  const [headings, rows] = [
    columns.map(([heading]) => heading),
    modes.map((forecast) => columns.map(([, of]) => of(forecast))),
  ];
  const body = el(
    "main",
    {},
    el("div", { class: "card" }, plotOf(simulation)),
    el(
      "div",
      { class: "card words" },
      ...verdict(simulation).map((sentence) => el("p", { class: "verdict" }, escaped(sentence))),
      ...warnings(simulation).map((sentence) => el("p", { class: "note" }, escaped(sentence))),
    ),
    tableOf("A day in each mode", headings, rows),
    ...(calibration === null
      ? []
      : [
          tableOf(
            `How far to trust it: ${calibration.campaign} on ${calibration.day}, ${calibration.mode.name}`,
            ["", "as it was", "simulated"],
            calibrationFigures(calibration),
          ),
        ]),
    el("p", { class: "quiet" }, escaped(`${assumptions(settings)} Made by fairdial simulate.`)),
  );
  const head = el(
    "head",
    {},
    el("meta", { charset: "utf-8" }),
    el("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    el("title", {}, `Forecast for ${settings.agents} agents`),
    el("style", {}, PAGE_STYLE),
  );
  return `<!DOCTYPE html>\n${el("html", { lang: "en", xmlns: "http://www.w3.org/1999/xhtml" }, head, el("body", {}, body))}\n`;
}
