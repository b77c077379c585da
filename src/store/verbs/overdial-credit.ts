/** How many calls more than there are agents the accounts allow, held until the caller commits. */
import type { InsertGuard } from "../../engine/ports.ts";
import type { Queryable } from "../database.ts";
import { readAccounts } from "./accounts.ts";

/** Held by whoever asks for an account that several campaigns share. No campaign has this number. */
const SHARED = 0;

/** Whole abandons; what is beyond them must not be placed. */
export const overdialCredit = async (
  tx: Queryable,
  overdial: NonNullable<InsertGuard["overdial"]>,
): Promise<number> => {
  const { campaignId, scopes } = overdial;
  const isShared = scopes.some((scope) => scope.campaignId === null);
  const gates = [...(isShared ? [SHARED] : []), campaignId];
  await tx.write(
    "insert into abandon_gate (campaign_id) values ? on duplicate key update campaign_id = abandon_gate.campaign_id",
    [gates.map((gate) => [gate])],
  );
  const readings = await readAccounts(tx, scopes);
  return Math.max(0, Math.floor(overdial.credit(readings)));
};
