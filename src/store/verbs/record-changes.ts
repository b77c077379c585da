/**
 * Follows what living attempts come to know.
 *
 * One rule to remember: facts grow and never shrink, and a state is only reached from one that comes before it; so a
 * change that is told twice, late or out of order leaves nothing worse than it was. Of several changes of one attempt that
 * come together, the last is written alone where it says all that the others did: one statement for a whole batch, and one
 * that looks which of the others would not have fitted.
 */
import { REACHED_FROM } from "../../domain/attempt.ts";
import type { AttemptFacts, AttemptState } from "../../domain/attempt.ts";
import type { AttemptId } from "../../domain/ids.ts";
import type { AttemptChange } from "../../engine/ports.ts";
import { factGrowth, factsToTell, factTable } from "../attempt-columns.ts";
import type { Database, Queryable } from "../database.ts";
import { jsonOf } from "../rows.ts";

/** How many did not fit. */
export const recordChanges = async (db: Database, changes: readonly AttemptChange[]): Promise<number> => {
  const rounds = inRounds(changes);
  const [only] = rounds;
  if (only === undefined) return 0;
  // One statement is its own transaction.
  if (rounds.length === 1) return recordRound(db, only);
  return db.transaction(async (tx) => {
    let unfit = 0;
    for (const round of rounds) unfit += await recordRound(tx, round);
    return unfit;
  });
};

/** By attempt: the change to write, and the states that it makes up for. */
type Round = ReadonlyMap<AttemptId, { readonly change: AttemptChange; readonly passed: readonly AttemptState[] }>;

/** Each attempt at most once in each, in the order told. Nearly always one round. */
const inRounds = (changes: readonly AttemptChange[]): Round[] => {
  const rounds: Map<AttemptId, { change: AttemptChange; passed: AttemptState[] }>[] = [];
  /** In which round an attempt came last. */
  const last = new Map<AttemptId, number>();
  for (const change of changes) {
    const at = last.get(change.attemptId);
    const before = at === undefined ? undefined : rounds[at]?.get(change.attemptId);
    const isOver = before !== undefined && saysAllOf(change, before.change);
    const goesInto = before === undefined ? 0 : (at ?? 0) + (isOver ? 0 : 1);
    while (rounds.length <= goesInto) rounds.push(new Map());
    const passed = isOver ? [...before.passed, before.change.state] : [];
    rounds[goesInto]?.set(change.attemptId, { change, passed });
    last.set(change.attemptId, goesInto);
  }
  return rounds;
};

/** Whether the row would be the same had the earlier of the two never been told. */
const saysAllOf = (later: AttemptChange, earlier: AttemptChange): boolean =>
  REACHED_FROM[later.state].includes(earlier.state) &&
  (Object.keys(earlier.facts) as (keyof AttemptFacts)[]).every((fact) => grew(earlier.facts[fact], later.facts[fact]));

type Fact = AttemptFacts[keyof AttemptFacts];

/** Nothing was known of it, or the same. The words for nothing are those of ringing and messages. */
const grew = (earlier: Fact, later: Fact): boolean =>
  earlier === null || earlier === "none" || earlier === false || earlier === later || isSameStamp(earlier, later);

const isSameStamp = (one: Fact, other: Fact): boolean =>
  typeof one === "object" &&
  typeof other === "object" &&
  one !== null &&
  other !== null &&
  one.at === other.at &&
  one.asteriskAt === other.asteriskAt;

/** From which states a row may come to the one that it is told. */
const FITS = Object.entries(REACHED_FROM)
  .filter(([, from]) => from.length > 0)
  .map(([state, from]) => `(c.state = '${state}' and a.state in (${from.map((each) => `'${each}'`).join(", ")}))`)
  .join(" or ");

const recordRound = async (db: Queryable, round: Round): Promise<number> => {
  const unfit = await passedInVain(db, round);
  const rows = [...round.values()].map(({ change: { attemptId, state, facts } }) => ({
    ...{ attempt_id: attemptId, state },
    ...factsToTell(facts),
  }));
  const { matched } = await db.write(
    `update json_table(?, '$[*]' columns (
       attempt_id varchar(36) path '$.attempt_id', state varchar(12) path '$.state', ${factTable()})) as c
     straight_join attempt a on a.attempt_id = convert(c.attempt_id using ascii) collate ascii_bin
     set ${factGrowth()}, a.state = c.state
     where ${FITS}`,
    [jsonOf(rows)],
  );
  return unfit + rows.length - matched;
};

/** Of the changes that are not written by themselves, those that the row would have refused; asked only where there are any. */
const passedInVain = async (db: Queryable, round: Round): Promise<number> => {
  const chains = [...round].filter(([, { passed }]) => passed.length > 0);
  if (chains.length === 0) return 0;
  const rows = await db.rows<{ attempt_id: AttemptId; state: AttemptState }>(
    "select attempt_id, state from attempt where attempt_id in (?)",
    [chains.map(([attemptId]) => attemptId)],
  );
  const states = new Map(rows.map(({ attempt_id, state }) => [attempt_id, state]));
  let unfit = 0;
  for (const [attemptId, { passed }] of chains) {
    let now = states.get(attemptId);
    for (const state of passed) {
      if (now !== undefined && REACHED_FROM[state].includes(now)) now = state;
      else unfit += 1;
    }
  }
  return unfit;
};
