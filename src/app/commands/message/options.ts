/** What the commands about information messages have in common. */
import { findMessage, informationMessages, type Database, type MessageRecord } from "../../../store/index.ts";
import { CliError, usageError } from "../../cli-error.ts";
import { didYouMean } from "../../nearest.ts";
import { localTime, type Cell } from "../../print.ts";
import { iso } from "../../session.ts";

export const MEDIA = {
  media: { type: "string", demandOption: true, describe: "As campaigns name it: sound:fairdial/acme" },
} as const;

/** Nothing but sounds: Asterisk never finishes a tone, nor a recording that is not there. */
export const mediaName = (text: string): string => {
  if (/^sound:[\w/.+-]{1,190}$/.test(text)) return text;
  throw usageError(`"${text}" is not a media name, such as sound:fairdial/acme.`);
};

export const messageNamed = async (database: Database, media: string): Promise<MessageRecord> => {
  const found = await findMessage(database, media);
  if (found !== null) return found;
  const known = (await informationMessages(database)).map((message) => message.media);
  const none = known.length === 0 ? " None is on record: `fairdial message add`." : ` On record: ${known.join(", ")}.`;
  throw new CliError("unknown-message", `No message "${media}" is on record.${didYouMean(media, known) || none}`);
};

export const messageDocument = ({ addedAt, approvedAt, ...rest }: MessageRecord) => ({
  ...rest,
  addedAt: iso(addedAt),
  approvedAt: iso(approvedAt),
});

/** What an approval answers for. */
export const messageFacts = (message: MessageRecord): (readonly [string, Cell])[] => [
  ["message", message.media],
  ["speaks for", message.principal],
  ["gives the number", message.contactNumber],
  ["says why", message.saysPurpose ? "yes" : "no"],
  ["offers a key to object", message.offersKeyOptOut ? "yes" : "no"],
  ["SHA-256 of the file", message.sha256],
  ["transcript", message.transcript],
  ["added", `${localTime(message.addedAt)} by ${message.addedBy}`],
  [
    "approved",
    message.approvedBy === null ? "by nobody yet" : `${localTime(message.approvedAt)} by ${message.approvedBy}`,
  ],
];
