/** What commands come to in the pretend world. */
import type { AmdAnswer, CommandResult } from "../engine/ports.ts";

export const DONE: CommandResult = { ok: true };
export const GONE: CommandResult = { ok: false, kind: "gone", detail: "no such leg" };
export const REFUSED: CommandResult = { ok: false, kind: "refused", detail: "conflict" };
export const UNKNOWN: CommandResult = { ok: false, kind: "unknown", detail: "no answer in time" };
export const AMD_UNKNOWN: AmdAnswer = { ok: false, kind: "unknown", detail: "it did not come back" };
