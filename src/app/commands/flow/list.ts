/** `fairdial flow list`: which flows are kept, in which versions, since when and by whom. */
import { flowVersions } from "../../../store/index.ts";
import { command } from "../../command.ts";
import { localTime, table } from "../../print.ts";
import { iso } from "../../session.ts";

export const flowList = command({
  words: "list",
  summary: "Flows and their versions, the newest first",
  async run(_args, session) {
    const all = await flowVersions(await session.database());
    session.answer(
      all.map(({ flowId, name, version, addedAt, addedBy }) => ({
        flowId,
        name,
        version,
        addedAt: iso(addedAt),
        addedBy,
      })),
      () =>
        all.length === 0
          ? "There is no flow yet: `fairdial flow add`."
          : table(
              ["flow", "version", "added", "by"],
              all.map(({ name, version, addedAt, addedBy }) => [name, version, localTime(addedAt), addedBy]),
            ),
    );
    return undefined;
  },
});
