/** `fairdial message remove`: a message that no campaign plays any more. */
import { campaignsPlaying, removeMessage } from "../../../store/index.ts";
import { CliError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { MEDIA, mediaName, messageNamed } from "./options.ts";

export const messageRemove = command({
  words: "remove <media>",
  summary: "Take a message off the record; refused while a campaign that is not stopped plays it",
  positionals: MEDIA,
  async run(args, session) {
    const database = await session.database();
    const { media } = await messageNamed(database, mediaName(args.media));
    if (!(await removeMessage(database, media))) {
      const playing = await campaignsPlaying(database, media);
      throw new CliError(
        "message-in-use",
        `${media} is played by ${playing.join(", ")}: stop it, or give it another message (\`campaign set --information-message\`).`,
      );
    }
    session.answer({ media, removed: true }, () => `${media} is off the record; the file itself is where it was.`);
    return undefined;
  },
});
