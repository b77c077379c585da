/**
 * What people found who listened to a call that AMD had taken for a machine: the only thing that says how often it is wrong.
 *
 * The rule to remember: whatever is not clearly said to have been a machine was a person.
 */
import type { VerdictAct } from "./attempt.ts";
import type { DispositionKind } from "./disposition.ts";

/** Agents are asked only of those who were passed to them in spite of the verdict. Null where their word is no label. */
export function labelOf(act: VerdictAct | null, kind: DispositionKind | null): { readonly isPerson: boolean } | null {
  if ((act !== "sampled" && act !== "learning") || kind === null) return null;
  return { isPerson: kind !== "machine-reported" && kind !== "machine-callback" };
}

/** A test is what was heard within so many days before its latest label: lists and networks change. */
export const AMD_LABELS_DAYS = 30;

/** Names a test by its figures, so that evidence that cites it says what it saw. */
export const amdTestId = (campaignId: number, testedAt: number, sampled: number, humansFound: number): string =>
  `AMD-${campaignId}-${new Date(testedAt).toISOString().slice(0, 10)}-${humansFound}/${sampled}`;

const TEST_ID = /^AMD-\d+-(\d{4}-\d{2}-\d{2})-(\d{1,9})\/(\d{1,9})$/;

/** What a test's name says of it; null for a name that is none, or whose figures cannot be. */
export function readAmdTestId(
  testId: string,
): { readonly day: string; readonly sampled: number; readonly humansFound: number } | null {
  const [, day, people, calls] = TEST_ID.exec(testId) ?? [];
  if (day === undefined || Number.isNaN(Date.parse(day))) return null;
  const [humansFound, sampled] = [Number(people), Number(calls)];
  return humansFound > sampled ? null : { day, sampled, humansFound };
}
