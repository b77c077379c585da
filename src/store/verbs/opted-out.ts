/**
 * Attempts under way on this node to somebody who is on the suppression list by now. No attempt is begun to a number that
 * is on it already, so whoever is found was added since; comparing instants would compare two machines' clocks.
 */
import { isAttemptId, type AttemptId, type NodeId } from "../../domain/ids.ts";
import { isPhoneNumber } from "../../domain/phone-number.ts";
import type { Queryable } from "../database.ts";
import { numberKeysOf, type NumberHashKey } from "../number-key.ts";
import { OPEN_STATES } from "./accounts.ts";

interface Underway {
  readonly attempt_id: string;
  readonly e164: string;
  readonly principal: string;
}

/** For the test that explains it. */
export const UNDERWAY_QUESTION = `
  select attempt_id, e164, principal from attempt force index (attempt_open) where node_id = ? and state in (?)`;

/** For the test that explains it. */
export const SUPPRESSED_QUESTION = `
  select e164, principal from suppression force index (primary) where e164 in (?)`;

export const optedOut = async (db: Queryable, node: NodeId, hashKey: NumberHashKey): Promise<AttemptId[]> => {
  const underway = await db.rows<Underway>(UNDERWAY_QUESTION, [node, OPEN_STATES]);
  if (underway.length === 0) return [];
  const keysOf = ({ e164 }: Underway): readonly string[] =>
    isPhoneNumber(e164) ? numberKeysOf(e164, hashKey) : [e164];
  const rows = await db.rows<{ e164: string; principal: string }>(SUPPRESSED_QUESTION, [
    [...new Set(underway.flatMap(keysOf))],
  ]);
  if (rows.length === 0) return [];
  const suppressed = new Map<string, string[]>();
  for (const { e164, principal } of rows) suppressed.set(e164, [...(suppressed.get(e164) ?? []), plain(principal)]);
  return underway
    .filter((row) => {
      const principals = keysOf(row).flatMap((key) => suppressed.get(key) ?? []);
      return principals.includes("") || principals.includes(plain(row.principal));
    })
    .map(({ attempt_id }) => attempt_id)
    .filter(isAttemptId);
};

/** As the columns compare them. */
const plain = (principal: string): string => principal.trim().toLowerCase();
