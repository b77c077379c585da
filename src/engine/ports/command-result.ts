/** What became of a command to telephony. */

/** `commandFailed` tells apart: no such leg (it is gone), refused (our mistake or a race), no answer (nobody knows). */
export type CommandResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly kind: "gone" | "refused" | "unknown"; readonly detail: string };
