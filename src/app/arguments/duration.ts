/** Durations as people write them: `25s`, `1500ms`, `4h`, `1h30m`. A number without a unit is seconds. */

const UNITS_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
type Unit = keyof typeof UNITS_MS;

/** Null when the text is no duration. */
export const readDuration = (text: string): number | null => {
  const compact = text.trim().toLowerCase().replaceAll(" ", "");
  if (/^[0-9]{1,9}(?:\.[0-9]{1,3})?$/.test(compact)) return Math.round(Number(compact) * UNITS_MS.s);
  if (!/^(?:[0-9]{1,9}(?:\.[0-9]{1,3})?(?:ms|[dhms]))+$/.test(compact)) return null;
  let totalMs = 0;
  for (const [, count = "", unit = ""] of compact.matchAll(/([0-9.]+)(ms|[dhms])/g)) {
    totalMs += Number(count) * UNITS_MS[unit as Unit];
  }
  return Math.round(totalMs);
};

/** As {@link readDuration} would read it back: `1h 30m`, `1.8s`. */
export const formatDuration = (durationMs: number): string => {
  if (durationMs === 0) return "0s";
  if (durationMs < 60_000) return durationMs < 1_000 ? `${durationMs}ms` : `${durationMs / 1_000}s`;
  const parts: string[] = [];
  let restMs = durationMs;
  for (const unit of ["d", "h", "m"] as const) {
    const count = Math.floor(restMs / UNITS_MS[unit]);
    if (count > 0) parts.push(`${count}${unit}`);
    restMs -= count * UNITS_MS[unit];
  }
  if (restMs > 0) parts.push(formatDuration(restMs));
  return parts.join(" ");
};
