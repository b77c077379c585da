/** `fairdial report compliance`: the statement an auditor would ask for. */
import type { ComplianceProfile } from "../../../compliance/profile.ts";
import { spanOfDay } from "../../../compliance/account.ts";
import { toIso, type Instant } from "../../../domain/instant.ts";
import { campaignsDialling, type Database } from "../../../store/index.ts";
import { CliError, EXIT_FAILED, usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { csvLine } from "../../csv.ts";
import { campaignNamed } from "../../lookups.ts";
import { didYouMean } from "../../nearest.ts";
import type { ProfileSet } from "../../profiles.ts";
import type { Session } from "../../session.ts";
import { DAY_FLAGS, daysOption, profilesNow, profilesOn, todayOf } from "../account/options.ts";
import { allHeld, heldOrRefused, type Held } from "../../statement/held.ts";
import { checkForm, CSV_FLAG } from "./period.ts";
import type { Days } from "../../statement/collect.ts";
import { statementText } from "../../statement/print.ts";
import { makeStatement, type Statement } from "../../statement/statement.ts";

interface Asked {
  readonly held: readonly Held[];
  readonly centre: string | null;
  readonly profile: ComplianceProfile;
  readonly profiles: ProfileSet;
  readonly days: Days;
}

export const complianceReport = command({
  words: "compliance",
  summary: "What a campaign or a centre did in some days, with every figure and every breach",
  flags: {
    campaign: { type: "string", describe: "The campaign, at every centre" },
    centre: { type: "string", describe: "The centre, all campaigns" },
    profile: { type: "string", describe: "Whose rules, for a centre that calls under several" },
    ...DAY_FLAGS,
    ...CSV_FLAG,
    breaches: { type: "boolean", default: false, describe: "With --csv: the breaches, not the days" },
    verify: {
      type: "boolean",
      default: false,
      describe: "Prove the chain of days; exit code 1 when anything is wrong",
    },
    anchor: {
      type: "string",
      describe: "With --verify: the head of an earlier proof, which the chain must still hold",
    },
  },
  examples: [
    ["report compliance --campaign spring --day yesterday", "One day"],
    ["report compliance --centre main --from 2026-11-01 --to 2026-11-30 --verify", "A month of a centre, proved"],
  ],
  async run(args, session) {
    checkForm(args.csv, session.options.json);
    if (args.breaches && !args.csv) throw usageError("--breaches goes with --csv; the others have them anyway.");
    if ((args.campaign === undefined) === (args.centre === undefined)) {
      throw usageError("--campaign NAME or --centre NAME: one of them.");
    }
    const verify = readVerify(args.verify, args.anchor);
    const database = await session.database();
    const asked =
      args.campaign === undefined
        ? await ofCentre(session, database, args.centre ?? "", args)
        : await ofCampaign(session, database, args.campaign, args);
    const made = { at: session.world.now(), by: session.world.userName };
    const statement = await makeStatement(database, { ...asked, now: made.at, verify });
    if (args.csv) {
      for (const line of args.breaches ? breachLines(statement) : dayLines(statement)) {
        session.world.stdout.write(csvLine(line));
      }
    } else session.answer(document(statement, made), () => statementText(statement, made));
    return isProved(statement) ? undefined : EXIT_FAILED;
  },
});

type DayArgs = Parameters<typeof daysOption>[0];

const readVerify = (verify: boolean, anchor: string | undefined): { readonly anchor: string | null } | null => {
  if (anchor !== undefined && !/^[0-9a-f]{64}$/.test(anchor)) {
    throw usageError("--anchor is the head that an earlier --verify printed: 64 hexadecimal digits.");
  }
  return verify || anchor !== undefined ? { anchor: anchor ?? null } : null;
};

/** Only what was asked for is judged: without --verify a statement may well tell of differences. */
const isProved = ({ chain, accountEqual, rowsDifferent }: Statement): boolean =>
  chain === null || (chain.broken === null && chain.holdsAnchor !== false && accountEqual && rowsDifferent === 0);

const ofCampaign = async (session: Session, database: Database, name: string, args: DayArgs): Promise<Asked> => {
  const campaign = await campaignNamed(database, name);
  const { profile: current } = heldOrRefused(campaign, profilesNow(session));
  const days = daysOption(args, todayOf(current.abandon, session), null);
  const profiles = profilesOn(session, days.toDay);
  const held = heldOrRefused(campaign, profiles);
  return { held: [held], centre: null, profile: held.profile, profiles, days };
};

const ofCentre = async (
  session: Session,
  database: Database,
  centre: string,
  args: DayArgs & { readonly profile: string | undefined },
): Promise<Asked> => {
  const current = await centreRules(database, profilesNow(session), { centre, wanted: args.profile, within: null });
  const days = daysOption(args, todayOf(current.profile.abandon, session), null);
  const profiles = profilesOn(session, days.toDay);
  const { from } = spanOfDay(current.profile.abandon, days.fromDay);
  const { to } = spanOfDay(current.profile.abandon, days.toDay);
  const found = await centreRules(database, profiles, {
    centre,
    wanted: args.profile,
    // Campaigns of other profiles have other midnights.
    within: { from: (from - DAY_MS) as Instant, to: (to + DAY_MS) as Instant },
  });
  return { ...found, centre, profiles, days };
};

const DAY_MS = 86_400_000;
const ALWAYS = { from: 0 as Instant, to: 4_000_000_000_000 as Instant };

/** The campaigns that call from a centre, and the one profile they do it under. */
const centreRules = async (
  database: Database,
  profiles: ProfileSet,
  asked: {
    readonly centre: string;
    readonly wanted: string | undefined;
    readonly within: { readonly from: Instant; readonly to: Instant } | null;
  },
): Promise<{ readonly held: readonly Held[]; readonly profile: ComplianceProfile }> => {
  const { centre, wanted, within } = asked;
  const ids = new Set(await campaignsDialling(database, { centre, ...(within ?? ALWAYS) }));
  const held = (await allHeld(database, profiles)).held.filter(({ campaign }) => ids.has(campaign.campaignId));
  const names = [...new Set(held.map(({ campaign }) => campaign.profile))];
  if (wanted === undefined && names.length > 1) {
    throw usageError(`The centre "${centre}" calls under ${names.join(" and ")}: say which with --profile.`);
  }
  const name = wanted ?? names[0];
  if (name === undefined) {
    throw new CliError("unknown-centre", `Nothing was dialled from a centre "${centre}" in these days.`);
  }
  const profile = profiles.get(name);
  if (profile === undefined) {
    throw new CliError(
      "unknown-profile",
      `There is no usable profile "${name}".${didYouMean(name, [...profiles.keys()])}`,
    );
  }
  return { held, profile };
};

/* ------------------------------------------------------------------ Forms */

const DAY_HEADINGS = [
  ...["day", "hours", "connected", "connected_late", "machine_to_agent", "abandoned_with_message", "silent"],
  ...["hung_up_early", "machine_dropped", "cancelled_short", "x_over", "x_under", "y", "rate_basis_points", "reached"],
  ...["record", "record_hash"],
];

const dayLines = ({ days }: Statement) => [
  DAY_HEADINGS,
  ...days.map(({ day, hours, counts, rate, reached, closed }) => [
    ...[day, hours, counts.connected, counts.connectedLate, counts.machineToAgent, counts.abandonedWithMessage],
    ...[counts.silent, counts.hungUpEarly, counts.machineDropped, counts.cancelledShort, rate.x.over, rate.x.under],
    ...[rate.y, rate.rateBasisPoints, reached, closed.state, closed.hash],
  ]),
];

const breachLines = ({ breaches }: Statement) => [
  ["at", "kind", "rule", "attempt_id", "says", "facts"],
  ...breaches.map(({ at, kind, ruleId, attemptId, says, facts }) => [
    ...[toIso(at), kind, ruleId, attemptId, says, JSON.stringify(facts)],
  ]),
];

const iso = (at: Instant | null): string | null => (at === null ? null : toIso(at));

const document = (statement: Statement, made: { readonly at: Instant; readonly by: string }) => {
  const { profile, record, breaches, days, ...rest } = statement;
  const { abandon } = profile;
  const [first, last] = [days[0]?.day ?? "", days.at(-1)?.day ?? ""];
  return {
    ...rest,
    made: { at: toIso(made.at), by: made.by },
    period: {
      fromDay: first,
      toDay: last,
      timeZone: abandon.timeZone,
      from: toIso(spanOfDay(abandon, first).from),
      to: toIso(spanOfDay(abandon, last).to),
    },
    profile: { name: profile.name, version: profile.version, validFrom: profile.validFrom },
    rules: abandon,
    days,
    registersRequired: profile.registers,
    registers: record.registers.map((each) => ({
      ...each,
      fileDate: toIso(each.fileDate),
      loadedAt: toIso(each.loadedAt),
    })),
    messages: record.messages.map(({ transcript: _, ...each }) => ({ ...each, approvedAt: iso(each.approvedAt) })),
    cliNumbers: record.cliNumbers.map((each) => ({ ...each, addedAt: toIso(each.addedAt) })),
    breaches: breaches.map((each) => ({ ...each, at: toIso(each.at) })),
  };
};
