/** `fairdial segment test`: whom a filter takes, before anything is changed. */
import { attributesOf } from "../../../lead/segment/filter.ts";
import { isPhoneNumber, maskPhoneNumber } from "../../../domain/phone-number.ts";
import {
  attributeNames,
  countFitting,
  findListId,
  findSegment,
  someFitting,
  sourcesOf,
  type Database,
  type SampleLead,
  type SourceRecord,
} from "../../../store/index.ts";
import { countOption } from "../../arguments/options.ts";
import { stepsBar } from "../../assigning.ts";
import { command } from "../../command.ts";
import { campaignNamed, requireList } from "../../lookups.ts";
import { plural, table } from "../../print.ts";
import { filterArgument, segmentNamed, strangeAttributes, type FilterDraft } from "../../segment-filter.ts";

/** What a table has room for. */
const ATTRIBUTES_SHOWN_MAX = 6;

export const segmentTest = command({
  words: "test <filter>",
  summary: "Count the leads that a filter or segment takes, and show some",
  positionals: { filter: { type: "string", demandOption: true, describe: "A filter, or the name of a segment" } },
  flags: {
    campaign: { type: "string", demandOption: true, describe: "Whose leads" },
    list: { type: "string", describe: "Only this list's" },
    sample: { type: "string", default: "5", describe: "Show so many of them, numbers masked" },
  },
  examples: [["segment test 'income between 10 and 20' --campaign spring", "Nothing is changed"]],
  async run(args, session) {
    const sampleSize = countOption("sample", args.sample, 0, 100) ?? 5;
    const database = await session.database();
    const campaign = await campaignNamed(database, args.campaign);
    if (args.list !== undefined) await requireList(database, campaign, args.list);
    const { campaignId } = campaign;
    const listId = args.list === undefined ? null : await findListId(database, campaignId, args.list);
    const attributes = await attributeNames(database, campaignId);
    const { name, text, filter } = await filterOrSegment(database, args.filter, attributes);
    const asked = { campaignId, listId, filter, at: session.world.now() };
    const bar = stepsBar(session);
    bar.begin();
    const counts = await countFitting(database, asked, bar.onProgress).finally(bar.end);
    const sample = await someFitting(database, asked, sampleSize);
    const sources = await sourcesOf(database, campaignId);
    const strange = strangeAttributes(filter, attributes);
    const places = [...counts.openBySource]
      .filter(([, leads]) => leads > 0)
      .map(([id, leads]) => ({ source: id === 0 ? null : id, ...namesOf(sources, id), leads }));
    const wanted = attributesOf(filter);
    session.answer(
      {
        ...{ segment: name, filter: text, campaign: campaign.name, list: args.list ?? null },
        ...{ leads: counts.leads, fitting: counts.fitting, open: counts.open, places, warnings: strange },
        sample: sample.map((lead) => sampleDocument(lead, wanted)),
      },
      () => {
        const lines = [
          `${counts.fitting.toLocaleString("en-GB")} of ${plural(counts.leads, "lead")} fit; ${counts.open.toLocaleString("en-GB")} of them are still to be reached.`,
          ...strange.map((sentence) => `warning: ${sentence}`),
        ];
        if (places.length > 0) {
          lines.push("", "A source with this filter in front of all others would take:");
          lines.push(
            table(
              ["leads", "from source", "list", "segment"],
              places.map((place) => [place.leads, place.source ?? "none", place.list, place.segment]),
            ),
          );
        }
        if (sample.length > 0) lines.push("", sampleTable(sample, wanted.slice(0, ATTRIBUTES_SHOWN_MAX)));
        return lines.join("\n");
      },
    );
    return undefined;
  },
});

/** A name alone is never a filter, so the two cannot be mixed up. */
const filterOrSegment = async (
  database: Database,
  text: string,
  attributes: readonly string[],
): Promise<FilterDraft & { readonly name: string | null }> => {
  const isName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(text);
  const found = isName ? await findSegment(database, text) : null;
  if (found !== null) return found;
  if (isName) return segmentNamed(database, text);
  return { name: null, ...filterArgument(text, attributes) };
};

const namesOf = (sources: readonly SourceRecord[], id: number) => {
  const found = sources.find(({ sourceId }) => sourceId === id);
  return { list: found?.list ?? null, segment: found?.segment ?? null };
};

/** A number that is no number any more was erased. */
const maskedNumber = (number: string): string => (isPhoneNumber(number) ? maskPhoneNumber(number) : "erased");

const sampleDocument = (lead: SampleLead, wanted: readonly string[]) => ({
  ...lead,
  numbers: lead.numbers.map(maskedNumber),
  attributes: Object.fromEntries(wanted.map((name) => [name, attributeOf(lead, name)])),
});

const attributeOf = ({ attributes }: SampleLead, name: string): string | null =>
  Object.hasOwn(attributes, name) ? (attributes[name] ?? null) : null;

const sampleTable = (sample: readonly SampleLead[], wanted: readonly string[]): string =>
  table(
    ["lead", "list", "key", "name", "numbers", "region", "attempts", ...wanted],
    sample.map((lead) => [
      ...[lead.leadId, lead.list, lead.key, lead.name, lead.numbers.map(maskedNumber).join(" "), lead.region],
      ...[lead.attempts, ...wanted.map((name) => attributeOf(lead, name))],
    ]),
  );
