/** What an attempt's row says was seen when it was decided, read with care: a row may be old, erased or damaged. */
import { z } from "zod";
import { PURPOSES } from "../../domain/campaign.ts";

const text = z.string().nullable();

const schema = z.object({
  checkedAt: z.string(),
  purpose: z.enum(PURPOSES),
  registers: z.array(z.object({ name: z.string(), ageMaxDays: z.number(), fileDate: text, sha256: text })),
  message: z.object({ media: z.string(), sha256: z.string(), approvedBy: text }).nullable(),
  cliProof: text,
  amdDrops: z.boolean(),
  amdTest: text,
  suppressed: z.boolean(),
  country: text,
  numberType: z.string(),
  region: text,
  timeZone: text,
  window: z.array(z.object({ days: z.array(z.number()), fromMinute: z.number(), toMinute: z.number() })),
});

export type Seen = z.infer<typeof schema>;

/** Null when the row does not hold what a decision has to show. */
export const seenIn = (evidence: unknown): Seen | null => {
  const result = schema.safeParse(evidence);
  return result.success ? result.data : null;
};

/** The least ring time of that moment, where the decision wrote it down. */
export const ringMinIn = (evidence: Readonly<Record<string, unknown>>): number | null => {
  const { ringMinMs } = evidence;
  return typeof ringMinMs === "number" && Number.isSafeInteger(ringMinMs) && ringMinMs >= 0 ? ringMinMs : null;
};
