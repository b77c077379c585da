/** What was made of a file's columns, for people and for programs: a key taken for a number is seen at once. */
import { plural } from "../print.ts";
import type { Layout } from "./rows.ts";

const columnNamesOf = ({ columns }: Layout) => {
  const name = (index: number | null): string | null => (index === null ? null : (columns.names[index] ?? null));
  const { consent } = columns;
  return {
    number: columns.numbers.map((index) => name(index)),
    numberKinds: columns.numberKinds,
    name: name(columns.name),
    key: name(columns.key),
    timeZone: name(columns.timeZone),
    region: name(columns.region),
    consent:
      consent === null ? null : { kind: name(consent.kind), reference: name(consent.reference), at: name(consent.at) },
    attributes: columns.attributes.map((index) => name(index)),
  };
};

export const shownLayout = (layout: Layout) => ({
  format: layout.format,
  encoding: layout.encoding,
  delimiter: layout.delimiter,
  columns: columnNamesOf(layout),
});

export const describeLayout = (layout: Layout): string => {
  const { number, numberKinds, name, key, timeZone, region, consent, attributes } = columnNamesOf(layout);
  const numbers = number.map((column, index) => {
    const kind = numberKinds[index] ?? null;
    return kind === null ? (column ?? "") : `${column ?? ""} (${kind})`;
  });
  const said = [
    `number from ${numbers.join(", then ")}`,
    ...(name === null ? [] : [`name from ${name}`]),
    ...(key === null ? [] : [`key from ${key}`]),
    ...(timeZone === null ? [] : [`time zone from ${timeZone}`]),
    ...(region === null ? [] : [`region from ${region}`]),
    ...(consent === null ? [] : [`consent from ${consent.kind ?? ""}, its proof from ${consent.reference ?? ""}`]),
    ...(attributes.length === 0 ? [] : [plural(attributes.length, "attribute")]),
  ];
  return `Reading ${layout.format === "ndjson" ? "NDJSON, " : ""}${layout.encoding}: ${said.join("; ")}.`;
};
