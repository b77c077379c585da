/** When a campaign's number was changed last: numbers are not rotated, so a second change in a day needs a reason. */
import type { CampaignId } from "../../domain/ids.ts";
import type { Database } from "../database.ts";
import { raiseAlarm } from "../verbs/alarms.ts";
import type { Authority } from "./campaigns.ts";

/**
 * False when it was changed on that day already and no reason is given. A reason is kept as an alarm, for whoever looks
 * after compliance to see.
 *
 * @param day a local day of the profile's zone, `YYYY-MM-DD`
 */
export const noteCliChange = async (
  db: Database,
  campaignId: CampaignId,
  day: string,
  because: string,
  who: Authority,
): Promise<boolean> =>
  db.transaction(async (tx) => {
    const [row] = await tx.rows<{ is_again: number }>(
      "select coalesce(cli_changed_on = ?, 0) as is_again from campaign where campaign_id = ? for update",
      [day, campaignId],
    );
    const isAgain = row?.is_again === 1;
    if (isAgain && because === "") return false;
    await tx.write("update campaign set cli_changed_on = ? where campaign_id = ?", [day, campaignId]);
    if (isAgain) {
      const says = `${who.by} changed the number presented again on ${day}: ${because}`;
      await raiseAlarm(tx, { at: who.at, campaignId, attemptId: null, code: "CLI-CHANGED-AGAIN", says });
    }
    return true;
  });
