/** `fairdial segment show`: one filter, who uses it, and when its leads are sorted anew. */
import { command } from "../../command.ts";
import { facts, localTime } from "../../print.ts";
import { segmentNamed } from "../../segment-filter.ts";
import { segmentDocument } from "./options.ts";

export const segmentShow = command({
  words: "show <name>",
  summary: "One segment",
  positionals: { name: { type: "string", demandOption: true, describe: "The segment" } },
  async run(args, session) {
    const segment = await segmentNamed(await session.database(), args.name);
    session.answer(segmentDocument(segment), () =>
      facts([
        ["segment", segment.name],
        ["filter", segment.text],
        ["used by", segment.campaigns.length === 0 ? "no campaign" : segment.campaigns.join(", ")],
        ["sorted anew", sortedAnew(segment)],
        ["changed", `${localTime(segment.changedAt)} by ${segment.changedBy}`],
      ]),
    );
    return undefined;
  },
});

const sortedAnew = ({ asksHistory, asksClock }: { asksHistory: boolean; asksClock: boolean }): string => {
  const whens = [...(asksHistory ? ["after each attempt"] : []), ...(asksClock ? ["every night"] : [])];
  return whens.length === 0 ? "when it or a source changes" : whens.join(" and ");
};
