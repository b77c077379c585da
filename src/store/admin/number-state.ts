/** Everything the records say of one number, for the person who asks why it is or is not called. */
import { after, type Instant } from "../../domain/instant.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import type { Database } from "../database.ts";
import { numberKeysOf } from "../number-key.ts";
import { dateOf, instantOf } from "../rows.ts";
import { principalsOfRules } from "./erase-rows.ts";
import { registersInForce, registersListing, type LoadedRegister } from "./registers.ts";
import { findSuppressions, type Suppression } from "./suppressions.ts";

export interface NumberState {
  readonly suppressions: readonly Suppression[];
  readonly registers: readonly (LoadedRegister & { readonly listed: boolean })[];
  /** The outcome that took the number out for good. */
  readonly takenOut: { readonly outcome: string; readonly since: Instant } | null;
  /** Those that are not over yet, longest first. */
  readonly guaranteedOnly: readonly {
    readonly principal: string;
    readonly until: Instant;
    readonly because: string | null;
  }[];
  /** Of the last 48 hours, newest first. */
  readonly attempts: readonly {
    readonly at: Instant;
    readonly campaign: string;
    readonly principal: string;
    /** Null while it is under way. */
    readonly outcome: string | null;
  }[];
}

const ATTEMPTS_MS = 48 * 3_600_000;

/** `principal` null for all of them: a number may be out of bounds for one and not for another. */
export const numberState = async (
  db: Database,
  number: PhoneNumber,
  principal: string | null,
  at: Instant,
): Promise<NumberState> => {
  const keys = numberKeysOf(number, db.numberHashKey);
  const listing = await registersListing(db, number);
  const [out] = await db.rows<{ permanent_outcome: string; since: Date }>(
    "select permanent_outcome, since from number_status where e164 in (?) order by since limit 1",
    [keys],
  );
  const principals = ["", ...(await principalsOfRules(db))];
  const rules = await db.rows<{ principal: string; until: Date; because: string | null }>(
    `select principal, max(guaranteed_only_until) as until, max(because) as because
     from number_rule
     where principal in (?) and e164 in (?) and guaranteed_only_until > ? and (? is null or principal = ?)
     group by principal order by until desc`,
    [principals, keys, dateOf(at), principal, principal],
  );
  const attempts = await db.rows<{ decided_at: Date; campaign: string; principal: string; outcome: string | null }>(
    `select a.decided_at, c.name as campaign, a.principal, a.outcome
     from attempt a join campaign c on c.campaign_id = a.campaign_id
     where a.e164 in (?) and a.decided_at > ? and (? is null or a.principal = ?)
     order by a.decided_at desc`,
    [keys, dateOf(after(at, -ATTEMPTS_MS)), principal, principal],
  );
  const suppressions = await findSuppressions(db, number);
  return {
    suppressions: suppressions.filter((entry) => principal === null || isFor(entry, principal)),
    registers: (await registersInForce(db)).map((file) => ({ ...file, listed: listing.includes(file.name) })),
    takenOut: out === undefined ? null : { outcome: out.permanent_outcome, since: instantOf(out.since) },
    guaranteedOnly: rules.map(({ until, ...rest }) => ({ ...rest, until: instantOf(until) })),
    attempts: attempts.map(({ decided_at, ...rest }) => ({ ...rest, at: instantOf(decided_at) })),
  };
};

const isFor = (entry: Suppression, principal: string): boolean =>
  entry.principal === "" || entry.principal.toLowerCase() === principal.toLowerCase();
