/**
 * What the records say of some numbers, for one principal: one question for all of them, each part along an index.
 *
 * One rule to remember: a number may stand in a row in the clear or hashed, so both are asked for.
 */
import { after, type Instant } from "../domain/instant.ts";
import type { NumberFacts } from "../domain/number-facts.ts";
import type { PhoneNumber } from "../domain/phone-number.ts";
import type { Queryable } from "./database.ts";
import { numberKeysOf, type NumberHashKey } from "./number-key.ts";
import { dateOf, instantOf } from "./rows.ts";

export interface WhoCalls {
  /** One however it is spelt: the columns compare without regard to case. */
  readonly principal: string;
  /** Attempts count for 48 hours before this. */
  readonly at: Instant;
  readonly hashKey: NumberHashKey;
}

/** How far back {@link NumberFacts.attemptsAt} goes. */
const ATTEMPTS_MS = 48 * 3_600_000;

export const NO_FACTS: NumberFacts = {
  suppressed: false,
  permanentOutcome: null,
  registers: [],
  guaranteedOnlyUntil: null,
  attemptsAt: [],
  onTheLineAt: null,
};

/**
 * Indexes are named: just after a large import, before the server has counted anew, it would read whole tables. An
 * attempt counts from its decision on, unless it was taken back before anything can have left.
 */
const SELECT_FACTS = `
  select e164 as number_key, 'suppressed' as what, null as word, null as at
    from suppression force index (primary) where e164 in (?) and principal in ('', ?)
  union all
  select e164, 'out', permanent_outcome, null from number_status force index (primary) where e164 in (?)
  union all
  select straight_join n.number_key, 'listed', r.name, null
    from register r join register_number n force index (primary) on n.file_id = r.file_id and n.number_key in (?)
  union all
  select e164, 'guaranteed', null, guaranteed_only_until
    from number_rule force index (primary)
    where principal = ? and e164 in (?) and guaranteed_only_until is not null
  union all
  select e164, 'dialled', if(state = 'ended', null, 'open'), decided_at
    from attempt force index (attempt_to_number)
    where e164 in (?) and decided_at > ? and principal = ?
      and (state <> 'ended' or place_failure is null or place_failure not in ('withdrawn', 'refused'))`;

interface FactRow {
  readonly number_key: string;
  readonly what: "suppressed" | "out" | "listed" | "guaranteed" | "dialled";
  readonly word: string | null;
  readonly at: Date | null;
}

/** For the test that explains it. */
export const factsQuestion = (
  { principal, at }: WhoCalls,
  keys: readonly string[],
): [sql: string, values: (string | Date | readonly string[])[]] => [
  SELECT_FACTS,
  [keys, principal, keys, keys, principal, keys, keys, dateOf(after(at, -ATTEMPTS_MS)), principal],
];

/** Of every number that was asked for; those nothing is known of have {@link NO_FACTS}. */
export const numberFacts = async (
  db: Queryable,
  who: WhoCalls,
  numbers: readonly PhoneNumber[],
): Promise<ReadonlyMap<PhoneNumber, NumberFacts>> => {
  if (numbers.length === 0) return new Map();
  const numberOf = new Map(numbers.flatMap((number) => numberKeysOf(number, who.hashKey).map((key) => [key, number])));
  const [sql, values] = factsQuestion(who, [...numberOf.keys()]);
  const facts = new Map<PhoneNumber, NumberFacts>(numbers.map((number) => [number, NO_FACTS]));
  for (const row of await db.rows<FactRow>(sql, values)) {
    const number = numberOf.get(row.number_key);
    if (number !== undefined) facts.set(number, withRow(facts.get(number) ?? NO_FACTS, row, who.at));
  }
  return new Map([...facts].map(([number, some]) => [number, inOrder(some)]));
};

const withRow = (facts: NumberFacts, { what, word, at }: FactRow, readAt: Instant): NumberFacts => {
  switch (what) {
    case "suppressed":
      return { ...facts, suppressed: true };
    case "out":
      return { ...facts, permanentOutcome: facts.permanentOutcome ?? word };
    case "listed":
      return word === null || facts.registers.includes(word)
        ? facts
        : { ...facts, registers: [...facts.registers, word] };
    case "guaranteed":
      return at === null ? facts : { ...facts, guaranteedOnlyUntil: later(facts.guaranteedOnlyUntil, instantOf(at)) };
    case "dialled":
      return at === null
        ? facts
        : {
            ...facts,
            attemptsAt: [...facts.attemptsAt, instantOf(at)],
            onTheLineAt: word === "open" ? readAt : facts.onTheLineAt,
          };
  }
};

const later = (one: Instant | null, other: Instant): Instant => (one !== null && one > other ? one : other);

const inOrder = (facts: NumberFacts): NumberFacts => ({
  ...facts,
  registers: [...facts.registers].sort(),
  attemptsAt: [...facts.attemptsAt].sort((a, b) => b - a),
});
