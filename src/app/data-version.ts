/** The version of data that is read from a file: the same however the file was written. */
import { createHash } from "node:crypto";

/** Keys in order, so that the same data has the same version however its file was written. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
};

const VERSION_DIGITS = 16;

/** The first 16 hexadecimal digits of a SHA-256. */
export const dataVersion = (data: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify(canonical(data)))
    .digest("hex")
    .slice(0, VERSION_DIGITS);
