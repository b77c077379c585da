/** What can be said about redialling, shared by `campaign add` and `campaign set`. */
import type { RedialRules } from "../../../domain/campaign.ts";
import { readDaysOnly } from "../../arguments/calling-hours.ts";
import { withRedialRules } from "../../arguments/campaign-rules.ts";
import { countOption } from "../../arguments/options.ts";
import { readBands, readKindOrder, readLimits } from "../../arguments/redial-plan.ts";
import { orUsageError } from "../../cli-error.ts";

export const REDIAL_FLAGS = {
  "attempts-max": { type: "string", describe: "Most attempts for a lead (5)" },
  "carrier-tries-max": { type: "string", describe: "Most attempts for a lead that the carrier failed (10)" },
  redial: {
    type: "array",
    string: true,
    describe: "CLASS:DELAY:TRIES or CLASS:never, e.g. busy:2m-10m:5 or machine:24h:3:same-number; may be repeated",
  },
  band: {
    type: "array",
    string: true,
    describe: "NAME=FROM-TO/KINDS, e.g. evening=17:00-21:00/home,mobile; the whole set, or `default`, or `none`",
  },
  "working-days": { type: "string", describe: "Days on which people are at work where they live (mon-fri)" },
  "spare-workers": {
    type: "string",
    choices: ["on", "off"] as const,
    describe: "Leave out, on working days, bands that are bad for people who work (off)",
  },
  "redial-limit": {
    type: "array",
    string: true,
    describe: "number-day, number-week, number-life, lead-day, lead-week or gap, e.g. number-day=2; may be repeated",
  },
  "number-order": { type: "string", describe: "Kinds of numbers in the order of dialling (mobile,home,work,other)" },
} as const;

type FlagText = string | undefined;
type FlagTexts = readonly string[] | undefined;
export interface RedialArguments {
  readonly "attempts-max": FlagText;
  readonly "carrier-tries-max": FlagText;
  readonly redial: FlagTexts;
  readonly band: FlagTexts;
  readonly "working-days": FlagText;
  readonly "spare-workers": FlagText;
  readonly "redial-limit": FlagTexts;
  readonly "number-order": FlagText;
}

/** What was said over what holds so far; undefined when nothing was. What nobody ever said stays unsaid. */
export const readRedialArguments = (args: RedialArguments, before: RedialRules): RedialRules | undefined => {
  const attemptsMax = countOption("attempts-max", args["attempts-max"], 1, 99);
  const carrierTriesMax = countOption("carrier-tries-max", args["carrier-tries-max"], 1, 99);
  const { redial, band, "spare-workers": spares, "redial-limit": limit, "number-order": order } = args;
  const workingDays = args["working-days"];
  const all = [attemptsMax, carrierTriesMax, redial, band, workingDays, spares, limit, order];
  if (all.every((each) => each === undefined)) return undefined;
  return {
    ...before,
    attemptsMax: attemptsMax ?? before.attemptsMax,
    carrierTriesMax: carrierTriesMax ?? before.carrierTriesMax,
    byClass: orUsageError("--redial", withRedialRules(before.byClass, redial ?? [])),
    ...(band === undefined ? {} : orUsageError("--band", readBands(band))),
    ...(workingDays === undefined
      ? {}
      : { workingDays: orUsageError("--working-days", readDaysOnly(workingDays)).days }),
    ...(spares === undefined ? {} : { sparesWorkers: spares === "on" }),
    ...(limit === undefined ? {} : orUsageError("--redial-limit", readLimits(before.limits, limit))),
    ...(order === undefined ? {} : orUsageError("--number-order", readKindOrder(order))),
  };
};
