/**
 * When somebody is called back who is to be called at a certain time: then, if they may be; else from when on; or why not.
 * One way for managers and CRMs. The rule to remember: nobody is promised a call that the hours that hold would not allow.
 */
import type { Campaign } from "../domain/campaign.ts";
import type { NumberId } from "../domain/ids.ts";
import { instant, latest, type Instant } from "../domain/instant.ts";
import type { LeadFile, Queryable } from "../store/index.ts";
import type { ProfileSet } from "./profiles.ts";
import { dialKnown } from "./why/lead-known.ts";
import { numberVerdicts, type NumberVerdict } from "./why/lead-numbers.ts";
import { zonedTime } from "./zoned-time.ts";

/** A promise without an end holds so long. */
export const CALLBACK_WINDOW_MS = 3_600_000;
/** Beyond this it is a slip of the pen. */
export const CALLBACK_AHEAD_MAX_MS = 366 * 86_400_000;

export interface CallbackWish {
  readonly dueAt: Instant;
  readonly untilAt: Instant;
  /** Null for whichever of their numbers may be dialled first. */
  readonly numberId: NumberId | null;
}

export type CallbackAnswer =
  | {
      readonly ok: true;
      readonly numberId: NumberId;
      readonly dueAt: Instant;
      readonly untilAt: Instant;
      /** Why it is not the time that was asked for; null when it is. */
      readonly moved: string | null;
    }
  | {
      readonly ok: false;
      /** `callback-closed`: at another time they may be; `callback-barred`: at none; `campaign-barred`: nobody may. */
      readonly code: "campaign-barred" | "callback-barred" | "callback-closed";
      /** A sentence or two. */
      readonly says: string;
    };

export interface CallbackCircumstances {
  readonly database: Queryable;
  readonly profiles: ProfileSet;
  readonly campaign: Campaign;
  /** As it is now. */
  readonly file: LeadFile;
  readonly at: Instant;
  /** To the next moment at which they may be called, however late that is. */
  readonly move: boolean;
}

export const callbackTime = async (wish: CallbackWish, asked: CallbackCircumstances): Promise<CallbackAnswer> => {
  const { database, profiles, campaign, at } = asked;
  const { dueAt, untilAt } = wish;
  // As it will stand when the time has come.
  const file: LeadFile = { ...asked.file, state: "ready", queue: "callback", dueAt };
  const { rules, refusal, facts } = await dialKnown(database, campaign, profiles, at);
  if (rules === null) {
    return refused("campaign-barred", `The campaign has no rules to dial by: ${refusal?.says ?? ""}`);
  }
  const numbers = numberVerdicts({ file, campaign, rules, facts, at }).filter(
    ({ numberId }) => wish.numberId === null || wish.numberId === numberId,
  );
  const first = numbers.reduce<NumberVerdict | null>((best, each) => {
    if (each.dialableAt === null) return best;
    return best === null || each.dialableAt < (best.dialableAt ?? Infinity) ? each : best;
  }, null);
  const { dialableAt = null, numberId, timeZone = null, blockers = [] } = first ?? {};
  if (dialableAt === null || numberId === undefined) {
    const says = numbers.flatMap((each) => each.blockers.at(-1)?.says ?? []);
    return refused("callback-barred", `They may not be called at all: ${[...new Set(says)].join(" ")}`.trim());
  }
  // One that has begun already begins now.
  if (dialableAt <= latest(dueAt, at)) return { ok: true, numberId, dueAt, untilAt, moved: null };
  const why = blockers[0]?.says ?? "";
  if (dialableAt < untilAt) {
    const moved = `${why} It begins at ${zonedTime(dialableAt, timeZone)}.`;
    return { ok: true, numberId, dueAt: dialableAt, untilAt, moved };
  }
  if (!asked.move) {
    const [then, next] = [zonedTime(dueAt, timeZone), zonedTime(dialableAt, timeZone)];
    return refused("callback-closed", `They may not be called at ${then}: ${why} The next moment is ${next}.`);
  }
  return { ok: true, numberId, dueAt: dialableAt, untilAt: instant(dialableAt + (untilAt - dueAt)), moved: why };
};

const refused = (code: Extract<CallbackAnswer, { ok: false }>["code"], says: string): CallbackAnswer => ({
  ok: false,
  code,
  says,
});
