/** `--from` and `--to`, by the instant of the decision to dial. */
import type { Instant } from "../../../domain/instant.ts";
import type { Period } from "../../../store/index.ts";
import { instantOption } from "../../arguments/options.ts";
import { usageError } from "../../cli-error.ts";

export const PERIOD_FLAGS = {
  from: { type: "string", describe: "2026-11-21, 2026-11-21T09:00, today, yesterday or 2h (ago); included" },
  to: { type: "string", describe: "As --from; excluded" },
} as const;

export const CSV_FLAG = {
  csv: { type: "boolean", default: false, describe: "As comma-separated text" },
} as const;

/** Not by yargs' `conflicts`: it counts an option's default as given. */
export const checkForm = (csv: boolean, json: boolean): void => {
  if (csv && json) throw usageError("--csv and --json: one of them.");
};

export const readPeriod = (
  args: { readonly from: string | undefined; readonly to: string | undefined },
  now: Instant,
): Period => {
  const period = { from: instantOption("from", args.from, now), to: instantOption("to", args.to, now) };
  if (period.from !== null && period.to !== null && period.from >= period.to) {
    throw usageError("--from must be before --to.");
  }
  return period;
};
