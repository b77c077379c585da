/** `fairdial message list`: which information messages there are, and who answers for each. */
import { informationMessages } from "../../../store/index.ts";
import { command } from "../../command.ts";
import { localTime, table } from "../../print.ts";
import { messageDocument } from "./options.ts";

export const messageList = command({
  words: "list",
  summary: "Information messages on record",
  async run(_args, session) {
    const messages = await informationMessages(await session.database());
    session.answer(messages.map(messageDocument), () =>
      messages.length === 0
        ? "No message is on record."
        : table(
            ["message", "speaks for", "number", "approved by", "approved", "SHA-256"],
            messages.map((each) => [
              ...[each.media, each.principal, each.contactNumber, each.approvedBy ?? "nobody yet"],
              ...[localTime(each.approvedAt), each.sha256.slice(0, 12)],
            ]),
          ),
    );
    return undefined;
  },
});
