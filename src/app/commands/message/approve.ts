/** `fairdial message approve`: somebody has listened to this very file, and answers for it. */
import { approveMessage } from "../../../store/index.ts";
import { neededText } from "../../arguments/text.ts";
import { CliError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { lookAtMessage } from "../../message-file.ts";
import { facts } from "../../print.ts";
import { MEDIA, mediaName, messageDocument, messageFacts, messageNamed } from "./options.ts";

export const messageApprove = command({
  words: "approve <media>",
  summary: "Put a name to an information message; holds for this file and these words alone",
  positionals: MEDIA,
  flags: {
    by: { type: "string", demandOption: true, describe: "Who has listened to it, by name" },
    file: { type: "string", describe: "The file that was listened to, to make sure that it is this one" },
  },
  async run(args, session) {
    const media = mediaName(args.media);
    const by = neededText("by", args.by, 100);
    const database = await session.database();
    const shown = await messageNamed(database, media);
    if (args.file !== undefined && lookAtMessage(args.file).sha256 !== shown.sha256) {
      throw new CliError(
        "message-differs",
        `${args.file} is another file than the one on record for ${media}: \`fairdial message add\` it.`,
      );
    }
    const at = session.world.now();
    if (!(await approveMessage(database, shown, { by, at }))) {
      throw new CliError("message-changed", `Somebody has changed or removed ${media} just now: look again.`);
    }
    const approved = { ...shown, approvedBy: by, approvedAt: at };
    session.answer(messageDocument(approved), () => [`Approved by ${by}:`, facts(messageFacts(approved))].join("\n"));
    return undefined;
  },
});
