/** How redialling went: attempts by which one of its lead it was, and when. Counts, never rates. */
import type { CampaignId } from "../../domain/ids.ts";
import { instant, type Instant } from "../../domain/instant.ts";
import type { Queryable } from "../database.ts";

/** Beyond this nobody tries a lead; whatever is, counts as the last. */
const NTH_MAX = 999;
const SLOT_MINUTES = 5;

export interface RedialAttempts {
  /** 1 for the first attempt to its lead, over its whole life. */
  readonly nth: number;
  /** They were decided in the five minutes that begin here: bands begin at no odd minute. */
  readonly from: Instant;
  /** IANA zone of the number; null where nobody knows. */
  readonly timeZone: string | null;
  readonly attempts: number;
  /** Answered by a person, as far as the network and the detection of machines can tell. */
  readonly liveAnswers: number;
  readonly connects: number;
}

interface Row {
  readonly nth: number;
  readonly slot: number;
  readonly time_zone: string | null;
  readonly attempts: number;
  readonly live_answers: number;
  readonly connects: number;
}

/** Attempts that were placed and have ended; reads all of the campaign. */
export const redialAttempts = async (db: Queryable, campaign: CampaignId): Promise<RedialAttempts[]> => {
  const rows = await db.rows<Row>(
    `select least(x.nth, ?) as nth, timestampdiff(minute, '1970-01-01', x.decided_at) div ? as slot, x.time_zone,
       count(*) as attempts, count(case when x.live_voice = 1 then 1 end) as live_answers, count(x.connected_at) as connects
     from (
       select a.decided_at, a.live_voice, a.connected_at, coalesce(n.time_zone, s.default_time_zone) as time_zone,
         row_number() over (partition by a.lead_id order by a.decided_at, a.attempt_id) as nth
       from attempt a
       join campaign_lead l on l.lead_id = a.lead_id
       join list s on s.list_id = l.list_id
       left join lead_number n on n.number_id = a.number_id
       where a.campaign_id = ? and a.state = 'ended' and a.placed_at is not null
     ) x
     group by nth, slot, x.time_zone
     order by nth, slot`,
    [NTH_MAX, SLOT_MINUTES, campaign],
  );
  return rows.map((row) => ({
    nth: row.nth,
    from: instant(row.slot * SLOT_MINUTES * 60_000),
    timeZone: row.time_zone,
    attempts: row.attempts,
    liveAnswers: row.live_answers,
    connects: row.connects,
  }));
};
