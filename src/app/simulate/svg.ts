/** SVG as text: elements, escaped; and the colours of all our plots, for light and dark screens. */

export type Attributes = Readonly<Record<string, string | number>>;

/** Also right inside quoted attributes; what XML cannot hold at all is left out. */
export const escaped = (text: string): string =>
  text

    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

const shown = (value: string | number): string =>
  typeof value === "number" ? String(Math.round(value * 100) / 100) : value;

/** Children are finished elements; words go through {@link text} or {@link escaped}. */
export const el = (name: string, attributes: Attributes, ...children: readonly string[]): string => {
  const said = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(shown(value))}"`);
  const open = `<${name}${said.join("")}`;
  return children.length === 0 ? `${open}/>` : `${open}>${children.join("")}</${name}>`;
};

export const text = (x: number, y: number, words: string, attributes: Attributes = {}): string =>
  el("text", { x, y, ...attributes }, escaped(words));

/** A row is what a screen reader reads, and a mouse shows. */
export const titled = (words: string, ...children: readonly string[]): string =>
  el("g", {}, el("title", {}, escaped(words)), ...children);

/** One hue a mode, told apart by lightness too; every text has a contrast above 4.5 on its ground. */
export const STYLE = `
  .fd { --ground: #ffffff; --ink: #1b2430; --soft: #5a6675; --grid: #e3e7ec; --progressive: #8a95a3; --power: #c77b14;
    --predictive: #2463d1; --recourse: #0d8577; --limit: #c22f3d; --gain: #2463d11f;
    font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; font-size: 13px; }
  @media (prefers-color-scheme: dark) {
    .fd { --ground: #12171e; --ink: #e9edf2; --soft: #a3afbd; --grid: #2a333e; --progressive: #7d8998; --power: #e5a54b;
      --predictive: #6aa0ff; --recourse: #3cc3b1; --limit: #ff7a85; --gain: #6aa0ff2b; }
  }
  .fd text { fill: var(--ink); }
  .fd .soft { fill: var(--soft); }
  .fd .small { font-size: 12px; }
  .fd .halo { paint-order: stroke; stroke: var(--ground); stroke-width: 4px; stroke-linejoin: round; }
  .fd .head { font-size: 15px; font-weight: 600; }
  .fd .title { font-size: 20px; font-weight: 650; }
  .fd .strong { font-weight: 600; }
  .fd .ground { fill: var(--ground); }
  .fd .grid { stroke: var(--grid); stroke-width: 1; }
  .fd .limit { stroke: var(--limit); stroke-width: 1.5; stroke-dasharray: 5 4; }
  .fd .limit-words { fill: var(--limit); }
  .fd .whisker { stroke: var(--ink); stroke-width: 1.5; fill: none; }
  .fd .worst { stroke: var(--ink); stroke-width: 2; }
  .fd .gain { fill: var(--gain); }
  .fd .own { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 2 3; }
  .fd .line { fill: none; stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round; }
  .fd .progressive { fill: var(--progressive); stroke: var(--progressive); }
  .fd .power { fill: var(--power); stroke: var(--power); }
  .fd .predictive { fill: var(--predictive); stroke: var(--predictive); }
  .fd .recourse { fill: var(--recourse); stroke: var(--recourse); }
  .fd .bar { stroke: none; }
  .fd .line { fill: none; }
`;

export const classOf = (mode: string): string =>
  mode === "predictive+recourse" ? "recourse" : mode.startsWith("power") ? "power" : mode;

/** Round steps from zero that cover `most`, about `wanted` of them. */
export const ticksTo = (most: number, wanted: number): readonly number[] => {
  const rough = most / wanted;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * magnitude).find((each) => each >= rough) ?? 10 * magnitude;
  const steps = Math.ceil(most / step - 1e-9);
  return Array.from({ length: steps + 1 }, (_, index) => index * step);
};
