/** Attempts of a campaign in some days, each with its day and with what it counts as: found from its facts alone. */
import { spanOfDay } from "../../compliance/account.ts";
import type { Profiles } from "../../compliance/campaign-rules.ts";
import { entryAfterDisposition, type AccountDay, type AccountEntry } from "../../domain/account.ts";
import { attemptsOf, type AttemptOfDay, type AttemptsWanted, type Queryable } from "../../store/index.ts";
import { dayOfAttempt, recomputeFor, type Held } from "./held.ts";

export interface Days {
  readonly fromDay: AccountDay;
  readonly toDay: AccountDay;
}

export interface Collected {
  readonly attempt: AttemptOfDay;
  readonly day: AccountDay;
  /** As it counts now, after what the agent said. */
  readonly entry: AccountEntry | null;
  /** The row says that it was counted as something else. */
  readonly differs: boolean;
}

export const wantedOf = ({ campaign, profile }: Held, centre: string | null, days: Days): AttemptsWanted => ({
  campaignId: campaign.campaignId,
  centre,
  ...days,
  from: spanOfDay(profile.abandon, days.fromDay).from,
  to: spanOfDay(profile.abandon, days.toDay).to,
});

export async function* collect(
  moment: Queryable,
  held: Held,
  profiles: Profiles,
  { centre, days }: { readonly centre: string | null; readonly days: Days },
): AsyncGenerator<Collected> {
  const recompute = recomputeFor(held, profiles);
  for await (const attempt of attemptsOf(moment, wantedOf(held, centre, days))) {
    const stored = attempt.entry === null || attempt.day === null ? null : { entry: attempt.entry, day: attempt.day };
    const again = attempt.outcome === null ? null : recompute(attempt);
    const counted = again === "unknown" ? stored : again;
    const day = counted?.day ?? dayOfAttempt(held, attempt);
    if (day < days.fromDay || day > days.toDay) continue;
    const { dispositionKind } = attempt;
    const ended = counted?.entry ?? null;
    const entry = dispositionKind === null ? ended : entryAfterDisposition(ended, dispositionKind);
    const differs = counted?.entry !== stored?.entry || counted?.day !== stored?.day;
    yield { attempt, day, entry, differs };
  }
}
