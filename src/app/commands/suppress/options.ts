/** What the commands about suppression have in common. */
import { textOption } from "../../arguments/text.ts";

export const COUNTRY = {
  type: "string",
  default: "GB",
  describe: "Country of numbers written nationally",
} as const;

export const NUMBER = {
  number: { type: "string", demandOption: true, describe: "In international or national form" },
} as const;

export const PRINCIPAL = {
  type: "string",
  describe: "Only for calls on behalf of this one (everybody)",
} as const;

export const ENTRY_FLAGS = {
  principal: PRINCIPAL,
  reason: { type: "string", default: "opt-out", describe: "opt-out, dnc, deceased, …" },
  channel: { type: "string", describe: "How they asked: phone, letter, email, web, …" },
} as const;

interface EntryArguments {
  readonly principal: string | undefined;
  readonly reason: string;
  readonly channel: string | undefined;
}

export const entryOptions = (args: EntryArguments) => ({
  principal: textOption("principal", args.principal, 100) ?? "",
  reason: textOption("reason", args.reason, 64) ?? "",
  channel: textOption("channel", args.channel, 32) ?? null,
});

/** In a sentence: ` for Acme`, or nothing. */
export const forWhom = (principal: string): string => (principal === "" ? "" : ` for ${principal}`);
