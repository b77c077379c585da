/** `fairdial message add`: puts an information message on record, for somebody to listen to and approve. */
import { putMessage } from "../../../store/index.ts";
import { numberArgument } from "../../arguments/options.ts";
import { neededText } from "../../arguments/text.ts";
import { CliError, usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { readLimited } from "../../config-files.ts";
import { lookAtMessage } from "../../message-file.ts";
import { MEDIA, mediaName } from "./options.ts";

/** Five minutes of speech; a message is half of one. */
const TRANSCRIPT_CHARACTERS_MAX = 5_000;
const TRANSCRIPT_BYTES_MAX = 65_536;

const transcriptOf = (text: string | undefined, file: string | undefined): string => {
  if ((text === undefined) === (file === undefined)) throw usageError("Give --transcript or --transcript-file.");
  if (text !== undefined) return neededText("transcript", text, TRANSCRIPT_CHARACTERS_MAX);
  const content = readLimited(file ?? "", TRANSCRIPT_BYTES_MAX);
  if (typeof content !== "string") throw new CliError("file-refused", `${file ?? ""} cannot be used: ${content.why}.`);
  if (content.includes("\uFFFD") || content.includes("\0")) {
    throw new CliError("file-refused", `${file ?? ""} is no text in UTF-8.`);
  }
  return neededText("transcript-file", content, TRANSCRIPT_CHARACTERS_MAX);
};

export const messageAdd = command({
  words: "add <media>",
  summary: "Put an information message on record; another file takes its approval away",
  positionals: MEDIA,
  flags: {
    file: { type: "string", demandOption: true, describe: "The very file that Asterisk plays" },
    transcript: { type: "string", describe: "What is heard, word by word, numbers in figures" },
    "transcript-file": { type: "string", describe: "The same, from a text file" },
    principal: { type: "string", demandOption: true, describe: "On whose behalf it says the call was made" },
    "contact-number": { type: "string", demandOption: true, describe: "The number it gives for objecting" },
    "says-purpose": { type: "boolean", default: false, describe: "It says why the call was made" },
    "offers-key-opt-out": { type: "boolean", default: false, describe: "It offers a key by which to object" },
    country: { type: "string", default: "GB", describe: "Country of --contact-number written nationally" },
  },
  examples: [
    [
      "message add sound:fairdial/acme --file /var/lib/asterisk/sounds/en/fairdial/acme.wav --transcript-file acme.txt --principal Acme --contact-number '020 7946 0000'",
      "Then: message approve",
    ],
  ],
  async run(args, session) {
    const draft = {
      media: mediaName(args.media),
      transcript: transcriptOf(args.transcript, args["transcript-file"]),
      principal: neededText("principal", args.principal, 100),
      contactNumber: numberArgument("--contact-number", args["contact-number"], args.country),
      saysPurpose: args["says-purpose"],
      offersKeyOptOut: args["offers-key-opt-out"],
    };
    const { sha256, durationMs, remarks } = lookAtMessage(args.file);
    const result = await putMessage(await session.database(), { ...draft, sha256 }, session.authority());
    for (const remark of remarks) session.remark(remark);
    session.answer({ ...draft, sha256, durationMs, result }, () => {
      if (result === "same") return `${draft.media} is on record exactly so; whoever approved it still does.`;
      const was = result === "added" ? "is on record" : "has taken the place of another one, whose approval is gone";
      return `${draft.media} ${was}. No campaign plays it until somebody has listened: \`fairdial message approve ${draft.media} --by NAME\`.`;
    });
    return undefined;
  },
});
