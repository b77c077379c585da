/** `fairdial suppress check`: what the records say of one number; exit code 1 when it may not be dialled. */
import type { Instant } from "../../../domain/instant.ts";
import { numberState, type NumberState } from "../../../store/index.ts";
import { numberArgument } from "../../arguments/options.ts";
import { textOption } from "../../arguments/text.ts";
import { EXIT_FAILED } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { localTime, plural, table } from "../../print.ts";
import { iso } from "../../session.ts";
import { COUNTRY, NUMBER } from "./options.ts";

const DAY_MS = 86_400_000;
const ageDays = (fileDate: Instant, now: Instant): number => Math.floor((now - fileDate) / DAY_MS);

/** A guaranteed agent may call a number that rests; everything else here is a no for everybody. */
const reasonsAgainst = (state: NumberState): readonly string[] => [
  ...state.suppressions.map(({ principal, reason }) =>
    principal === "" ? `own list (${reason})` : `own list for ${principal} (${reason})`,
  ),
  ...state.registers.filter(({ listed }) => listed).map(({ name }) => `register ${name}`),
  ...(state.takenOut === null ? [] : [`taken out (${state.takenOut.outcome})`]),
];

const sections = (state: NumberState, now: Instant): readonly string[] => {
  const { suppressions, registers, takenOut, guaranteedOnly, attempts } = state;
  return [
    ...(suppressions.length === 0
      ? ["Own list: not on it."]
      : [
          table(
            ["own list", "reason", "channel", "source", "by", "since"],
            suppressions.map((entry) => [
              ...[entry.principal === "" ? "everybody" : entry.principal, entry.reason, entry.channel],
              ...[entry.source, entry.actor, localTime(entry.addedAt)],
            ]),
          ),
        ]),
    ...(registers.length === 0
      ? ["Registers: none is loaded."]
      : [
          table(
            ["register", "listed", "file of", "days old", "loaded", "by"],
            registers.map((file) => [
              ...[file.name, file.listed ? "yes" : "no", localTime(file.fileDate), ageDays(file.fileDate, now)],
              ...[localTime(file.loadedAt), file.loadedBy],
            ]),
          ),
        ]),
    takenOut === null
      ? "Number: not known to be out of service."
      : `Number: taken out since ${localTime(takenOut.since)} (${takenOut.outcome}).`,
    ...(guaranteedOnly.length === 0
      ? ["Rests: no."]
      : guaranteedOnly.map(
          ({ principal, until, because }) =>
            `Rests${principal === "" ? "" : ` for ${principal}`}: only with a guaranteed agent until ${localTime(until)}${because === null ? "" : ` (${because})`}.`,
        )),
    `Attempts in the last 48 hours: ${attempts.length}.`,
    ...(attempts.length === 0
      ? []
      : [
          table(
            ["at", "campaign", "principal", "outcome"],
            attempts.map((each) => [localTime(each.at), each.campaign, each.principal, each.outcome ?? "under way"]),
          ),
        ]),
  ];
};

export const suppressCheck = command({
  words: "check <number>",
  summary: "What the records say of a number; exit code 1 when it may not be dialled",
  positionals: NUMBER,
  flags: {
    principal: { type: "string", describe: "Asked for this one (whoever has a no from the person)" },
    country: COUNTRY,
  },
  async run(args, session) {
    const number = numberArgument("The number", args.number, args.country);
    const principal = textOption("principal", args.principal, 100) ?? null;
    const now = session.world.now();
    const state = await numberState(await session.database(), number, principal, now);
    const against = reasonsAgainst(state);
    const document = {
      number,
      principal,
      mayBeDialled: against.length === 0,
      against,
      suppressions: state.suppressions.map(({ numberKey: _key, addedAt, ...rest }) => ({
        ...rest,
        addedAt: iso(addedAt),
      })),
      registers: state.registers.map(({ fileId: _id, fileDate, loadedAt, ...rest }) => ({
        ...rest,
        fileDate: iso(fileDate),
        ageDays: ageDays(fileDate, now),
        loadedAt: iso(loadedAt),
      })),
      takenOut: state.takenOut === null ? null : { ...state.takenOut, since: iso(state.takenOut.since) },
      guaranteedOnly: state.guaranteedOnly.map(({ until, ...rest }) => ({ ...rest, until: iso(until) })),
      attemptsLast48Hours: state.attempts.map(({ at, ...rest }) => ({ ...rest, at: iso(at) })),
    };
    session.answer(document, () =>
      [
        against.length === 0
          ? `${number}: nothing is against dialling it${principal === null ? "" : ` for ${principal}`}.`
          : `${number} may not be dialled: ${plural(against.length, "reason")}, ${against.join("; ")}.`,
        ...sections(state, now),
      ].join("\n"),
    );
    return against.length === 0 ? undefined : EXIT_FAILED;
  },
});
