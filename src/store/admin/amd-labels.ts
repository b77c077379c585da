/**
 * Labels: what somebody heard who listened to a call that AMD had taken for a machine, and the test that they add up to.
 * One rule to remember: a test is counted anew with each label, so it never says more than the labels do.
 */
import { AMD_LABELS_DAYS } from "../../domain/amd-label.ts";
import type { AttemptId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import { wilsonUpperPerMillion } from "../../domain/wilson.ts";
import type { Queryable } from "../database.ts";
import { clipped, dateOf } from "../rows.ts";

const BY_CHARACTERS_MAX = 100;
const DAY_MS = 86_400_000;

/** Which detection a label is about. */
export interface AmdDetection {
  readonly campaignId: number;
  readonly trunk: string;
  /** Kind and parameters, as the evidence of the attempt has them. */
  readonly build: string;
}

export interface AmdLabel {
  readonly attemptId: AttemptId;
  readonly isPerson: boolean;
  /** Who listened afterwards knows better than who was surprised by the call. */
  readonly source: "disposition" | "review";
  readonly by: string;
  readonly at: Instant;
}

/** To be called within a transaction that holds the attempt's row. Harmless to repeat. */
export async function label(tx: Queryable, detection: AmdDetection, found: AmdLabel): Promise<void> {
  const { campaignId, trunk, build } = detection;
  const { attemptId, isPerson, source, by, at } = found;
  const [known] = await tx.rows<{ source: string }>("select source from amd_label where attempt_id = ?", [attemptId]);
  if (known?.source === "review" && source === "disposition") return;
  const person = isPerson ? 1 : 0;
  const who = clipped(by, BY_CHARACTERS_MAX);
  await tx.write(
    `insert into amd_label (attempt_id, campaign_id, trunk, build, is_person, source, labelled_by, labelled_at)
     values (?, ?, ?, ?, ?, ?, ?, ?)
     on duplicate key update is_person = ?, source = ?, labelled_by = ?, labelled_at = ?`,
    [...[attemptId, campaignId, trunk, build, person, source, who, dateOf(at)], ...[person, source, who, dateOf(at)]],
  );
  await count(tx, detection);
}

/** What the labels of the last weeks before the latest of them come to. */
async function count(tx: Queryable, { campaignId, trunk, build }: AmdDetection): Promise<void> {
  const [latest] = await tx.rows<{ at: Date | null }>(
    "select max(labelled_at) as at from amd_label where campaign_id = ? and trunk = ? and build = ?",
    [campaignId, trunk, build],
  );
  if (latest === undefined || latest.at === null) return;
  const since = new Date(latest.at.getTime() - AMD_LABELS_DAYS * DAY_MS);
  const [sum] = await tx.rows<{ samples: number; people: number; who: string }>(
    `select count(*) as samples, cast(coalesce(sum(is_person), 0) as signed) as people, max(source) as who
     from amd_label where campaign_id = ? and trunk = ? and build = ? and labelled_at > ?`,
    [campaignId, trunk, build, since],
  );
  if (sum === undefined) return;
  const { samples, people } = sum;
  const values = [samples, people, wilsonUpperPerMillion(people, samples), sum.who, latest.at];
  await tx.write(
    `insert into amd_test (campaign_id, trunk, build, samples, humans_found, upper_per_million, labelled_by, tested_at)
     values (?, ?, ?, ?, ?, ?, ?, ?)
     on duplicate key update samples = ?, humans_found = ?, upper_per_million = ?, labelled_by = ?, tested_at = ?`,
    [campaignId, trunk, build, ...values, ...values],
  );
}
