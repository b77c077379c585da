/** `fairdial segment list`: the filters that have a name. */
import { segments } from "../../../store/index.ts";
import { command } from "../../command.ts";
import { table } from "../../print.ts";
import { segmentDocument } from "./options.ts";

export const segmentList = command({
  words: "list",
  summary: "Segments, and which campaigns use them",
  async run(_args, session) {
    const all = await segments(await session.database());
    session.answer(all.map(segmentDocument), () =>
      all.length === 0
        ? "There is no segment yet: `fairdial segment add`."
        : table(
            ["segment", "filter", "campaigns"],
            all.map(({ name, text, campaigns }) => [name, text, campaigns.length === 0 ? null : campaigns.join(", ")]),
          ),
    );
    return undefined;
  },
});
