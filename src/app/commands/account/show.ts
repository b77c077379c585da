/** `fairdial account show`: where a campaign's abandon account stands, and how boldly it may dial. */
import { abandonRate } from "../../../compliance/abandon-rate.ts";
import { overdialMode, percentOf } from "../../../compliance/alarms.ts";
import { creditLimitBasisPoints, strictCredit } from "../../../compliance/credit.ts";
import { scopesOf } from "../../../compliance/account.ts";
import type { AbandonRules } from "../../../compliance/profile.ts";
import type { AccountReading } from "../../../domain/account.ts";
import { detectorsOf } from "../../../engine/calls/amd.ts";
import { overdialAllowed } from "../../../pacing/bank.ts";
import { readAccounts } from "../../../store/index.ts";
import { command } from "../../command.ts";
import { campaignNamed } from "../../lookups.ts";
import { facts, table } from "../../print.ts";
import { peopleNow } from "../../statement/estimates.ts";
import { ceilingText, FORMULAS, WINDOWS } from "../../statement/print.ts";
import { estimateLines } from "../../statement/print-estimate.ts";
import { profilesNow } from "./options.ts";
import { allHeld, heldOrRefused } from "../../statement/held.ts";

const level = (basisPoints: number | null): string | null => (basisPoints === null ? null : percentOf(basisPoints));

export const accountShow = command({
  words: "show",
  summary: "The abandon account of a campaign: counts, rate, level, credit",
  flags: {
    campaign: { type: "string", demandOption: true, describe: "The campaign" },
    centre: { type: "string", describe: "The centre whose account counts beside the campaign's (this node's)" },
  },
  async run(args, session) {
    const database = await session.database();
    const profiles = profilesNow(session);
    const { campaign, profile } = heldOrRefused(await campaignNamed(database, args.campaign), profiles);
    const { abandon } = profile;
    const owner = { ...campaign, centre: args.centre ?? session.config.centre };
    const readings = await readAccounts(database, scopesOf(abandon, owner, session.world.now()));
    const { held } = await allHeld(database, profiles);
    const peopleIn = await peopleNow(database, held, campaign.campaignId, {
      detectors: detectorsOf(session.config),
      at: session.world.now(),
    });
    const rates = readings.map((each) => abandonRate(each.counts, abandon, peopleIn(each)));
    const mode = overdialMode(rates, abandon);
    // As the gate reckons: whichever account has the least left.
    const credits = readings.map((each) => strictCredit([each], abandon, peopleIn(each), overdialAllowed));
    const credit = credits.length === 0 ? 0 : Math.min(...credits);
    const document = {
      campaign: campaign.name,
      profile: { name: profile.name, version: profile.version },
      window: abandon.window,
      timeZone: abandon.timeZone,
      gate: campaign.gate,
      scopes: readings.map((reading, index) => ({ ...scopeOf(reading), ...reading, rate: rates[index] })),
      levels: levelsOf(abandon),
      mode,
      credit,
    };
    session.answer(document, () =>
      [
        facts([
          ["profile", `${profile.name} (${profile.version})`],
          ["window", `${WINDOWS[abandon.window]}, ${abandon.timeZone}`],
          ["gate", campaign.gate],
          ["now", MODES[mode]],
          [
            "in credit",
            `${credit} whole ${credit === 1 ? "abandon" : "abandons"} at ${level(creditLimitBasisPoints(abandon)) ?? "no limit"}`,
          ],
          ["alert, throttle, stop", levelsText(abandon)],
          ["ceiling", ceilingText(abandon)],
          ["formula", `${abandon.formula}: ${FORMULAS[abandon.formula]}`],
        ]),
        table(
          [
            "account of",
            "days",
            "rate",
            "x / (x + y)",
            "connected",
            "late",
            "message",
            "silent",
            "left early",
            "machines",
            "in flight",
          ],
          readings.map((reading, index) => {
            const { counts, scope } = reading;
            const rate = rates[index];
            return [
              scopeOf(reading).of,
              scope.fromDay === scope.toDay ? scope.fromDay : `${scope.fromDay} – ${scope.toDay}`,
              level(rate?.rateBasisPoints ?? null),
              rate === undefined ? null : `${rate.numerator} / ${rate.denominator}`,
              counts.connected,
              counts.connectedLate,
              counts.abandonedWithMessage,
              counts.silent,
              counts.hungUpEarly,
              counts.machineDropped,
              reading.overdialInFlight,
            ];
          }),
        ),
        ...estimateLines(
          readings.flatMap((reading, index) => {
            const rate = rates[index];
            return rate === undefined ? [] : [{ of: scopeOf(reading).of, rate }];
          }),
        ),
      ].join("\n\n"),
    );
    return undefined;
  },
});

const scopeOf = ({ scope }: AccountReading): { readonly of: string } => ({
  of: scope.campaignId === null ? `centre ${scope.centre ?? ""}` : "campaign",
});

const levelsOf = (abandon: AbandonRules) => ({
  alertBasisPoints: abandon.alertBasisPoints,
  throttleBasisPoints: abandon.throttleBasisPoints,
  stopBasisPoints: abandon.stopBasisPoints,
  ceilingBasisPoints: abandon.ceilingBasisPoints,
  safeHarbour: abandon.safeHarbour,
});

const levelsText = ({ alertBasisPoints, throttleBasisPoints, stopBasisPoints }: AbandonRules): string =>
  [alertBasisPoints, throttleBasisPoints, stopBasisPoints].map((each) => level(each) ?? "none").join(", ");

const MODES = {
  free: "may overdial within its account",
  throttled: "one call for each usable agent",
  "reserved-only": "only calls with a reserved agent",
} as const;
