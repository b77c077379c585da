/** `fairdial message show`: everything about one message, and what each regime says to it. */
import { messageProblem } from "../../../compliance/message-check.ts";
import { campaignsPlaying } from "../../../store/index.ts";
import { command } from "../../command.ts";
import { facts, table } from "../../print.ts";
import { readProfiles } from "../../profiles.ts";
import { MEDIA, mediaName, messageDocument, messageFacts, messageNamed } from "./options.ts";

export const messageShow = command({
  words: "show <media>",
  summary: "One message, and whether each profile lets it be played",
  positionals: MEDIA,
  async run(args, session) {
    const database = await session.database();
    const message = await messageNamed(database, mediaName(args.media));
    const playing = await campaignsPlaying(database, message.media);
    const now = session.world.now();
    const verdicts = [...readProfiles(session.config.profiles, now).values()].map(({ name, message: rules }) => ({
      profile: name,
      // What a campaign on behalf of whomever it speaks for would hear.
      problem: messageProblem(message, message.principal, rules, now),
    }));
    session.answer({ ...messageDocument(message), campaigns: playing, verdicts }, () =>
      [
        facts([...messageFacts(message), ["played by", playing.length === 0 ? "no campaign" : playing.join(", ")]]),
        table(
          ["profile", "may be played"],
          verdicts.map(({ profile, problem }) => [profile, problem ?? "yes"]),
        ),
      ].join("\n"),
    );
    return undefined;
  },
});
