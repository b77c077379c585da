/** What the engine needs of whoever can hear a line whole: the word of a detector that is no part of this program. */
import type { OutsideWord } from "../../domain/amd.ts";
import type { AttemptId } from "../../domain/ids.ts";
import type { CommandResult } from "./command-result.ts";

export interface OutsideOrder {
  /** How long its answer is waited for, in ms; what comes later was never said. */
  readonly patienceMs: number;
}

/** Its word, and why in its own words, with its name and version; or why there is none, which is a doubt like any other. */
export type OutsideAnswer =
  | { readonly ok: true; readonly verdict: OutsideWord; readonly cause: string }
  | Extract<CommandResult, { readonly ok: false }>;

export interface HearingTelephony {
  /** Lets the detector outside hear the answered leg, from the answer on. The leg stays where it is. Never rejects. */
  askOutside(attemptId: AttemptId, order: OutsideOrder): Promise<OutsideAnswer>;
}
