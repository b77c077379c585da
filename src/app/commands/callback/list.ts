/** `fairdial callback list`: promises that are open; or those that were not kept. */
import { callbacks, type CallbackRecord } from "../../../store/index.ts";
import type { Instant } from "../../../domain/instant.ts";
import { countOption } from "../../arguments/options.ts";
import { usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { campaignNamed } from "../../lookups.ts";
import { table } from "../../print.ts";
import { roughly } from "../../why/reason.ts";
import { zonedTime } from "../../zoned-time.ts";
import { callbackDocument } from "./options.ts";

export const callbackList = command({
  words: "list",
  summary: "Promises to call back that are open, or were missed",
  flags: {
    campaign: { type: "string", describe: "Only this campaign's" },
    missed: { type: "boolean", default: false, describe: "Those that were missed, or are late" },
    all: { type: "boolean", default: false, describe: "Kept and withdrawn ones too" },
    limit: { type: "string", default: "100", describe: "At most so many" },
  },
  async run(args, session) {
    if (args.missed && args.all) throw usageError("--missed and --all: one of them.");
    const limit = countOption("limit", args.limit, 1, 100_000) ?? 100;
    const database = await session.database();
    const campaign = args.campaign === undefined ? null : await campaignNamed(database, args.campaign);
    const at = session.world.now();
    const which = args.all ? "all" : args.missed ? "missed" : "open";
    const found = await callbacks(database, { campaignId: campaign?.campaignId ?? null, which, at, limit });
    const document = found.map((each) => ({ ...callbackDocument(each), isLate: isLate(each, at) }));
    session.answer(document, () => {
      if (found.length === 0) return args.missed ? "No promise was missed." : "Nobody is promised a call.";
      return table(
        ["callback", "campaign", "lead", "key", "due", "until", "agent", "state", "note"],
        found.map((each) => [
          ...[each.callbackId, each.campaign, `#${each.leadId}`, each.key, zonedTime(each.dueAt, each.timeZone)],
          ...[zonedTime(each.untilAt, each.timeZone), each.agent ?? "anybody", stateText(each, at), each.note],
        ]),
      );
    });
    return undefined;
  },
});

const isLate = ({ state, untilAt }: CallbackRecord, at: Instant): boolean =>
  (state === "waiting" || state === "taken") && untilAt < at;

const stateText = (callback: CallbackRecord, at: Instant): string =>
  isLate(callback, at) ? `${callback.state}, ${roughly(at - callback.untilAt)} late` : callback.state;
