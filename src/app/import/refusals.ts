/** What is said of a row that repeats another. */
import type { ImportRefusal } from "../../store/index.ts";

export const REFUSALS: Readonly<Record<ImportRefusal, string>> = {
  "duplicate-number-in-file": "another row of this file has the same number",
  "duplicate-key-in-file": "another row of this file has the same key",
  "duplicate-number-in-campaign": "another lead of this campaign has the same number",
  "duplicate-key-in-campaign": "another lead of this campaign has the same key",
  "duplicate-number-elsewhere": "a lead of another campaign has the same number",
  "duplicate-key-elsewhere": "a lead of another campaign has the same key",
};
