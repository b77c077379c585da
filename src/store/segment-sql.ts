/**
 * Filters as SQL: which leads a segment takes, and in which order a source takes them. The same answers as the lead room's
 * `fits` and `turnOf`.
 *
 * One rule to remember: nothing of a filter is ever part of a statement. Texts, numbers and names of attributes are
 * values; what is SQL stands here.
 *
 * Common to MariaDB from 10.6 and MySQL from 8.0: no `json_value` (MySQL cuts it at 512 characters), every text converted
 * and compared by its characters (utf8mb4_bin, which also folds alike on both), every term `is true`.
 */
import type { Field, Filter, NumberTerm, TextTerm } from "../lead/segment/filter.ts";
import type { LeadFieldName } from "../lead/segment/fields.ts";
import type { SourceOrder } from "../lead/segment/turn.ts";
import type { Instant } from "../domain/instant.ts";
import { StoreError } from "../engine/ports.ts";
import type { SqlParameter } from "./database.ts";
import { dateOf } from "./rows.ts";

/** An expression and its values, in the order of their question marks. */
export interface SqlPart {
  readonly sql: string;
  readonly values: readonly SqlParameter[];
}

const part = (sql: string, ...values: SqlParameter[]): SqlPart => ({ sql, values });

/** 1 or 0 for a row of campaign_lead called `l`, never null. */
export const filterSql = (filter: Filter, at: Instant): SqlPart => {
  switch (filter.type) {
    case "all":
      return joined(filter.of, " and ", at);
    case "any":
      return joined(filter.of, " or ", at);
    case "not": {
      const { sql, values } = filterSql(filter.of, at);
      return { sql: `(not ${sql})`, values };
    }
    case "missing":
      return missing(filter.field, at);
    case "text":
      return ofField(filter.field, at, (value) => textTest(filter, value));
    case "number":
      return ofField(filter.field, at, (value) => numberTest(filter, value));
  }
};

const joined = (filters: readonly Filter[], word: " and " | " or ", at: Instant): SqlPart => {
  const parts = filters.map((filter) => filterSql(filter, at));
  return { sql: `(${parts.map(({ sql }) => sql).join(word)})`, values: parts.flatMap(({ values }) => values) };
};

/** Where a field's value is found, and how it is written there. */
interface Column extends SqlPart {
  readonly type: "text" | "number";
  /** A column of lead_number called `n`: one that fits is enough. */
  readonly ofNumbers: boolean;
}

const text = (sql: string): Column => ({ sql, values: [], type: "text", ofNumbers: false });
const ofNumbers = (sql: string): Column => ({ ...text(sql), ofNumbers: true });
const number = (sql: string, ...values: SqlParameter[]): Column => ({ sql, values, type: "number", ofNumbers: false });

const LIST_NAME = "(select s.name from list s where s.list_id = l.list_id)";
const LIST_ZONE = "(select s.default_time_zone from list s where s.list_id = l.list_id)";

const COLUMNS: Readonly<Record<LeadFieldName, (at: Instant) => Column>> = {
  list: () => text(LIST_NAME),
  key: () => text("l.external_key"),
  name: () => text("l.name"),
  region: () => text("l.region"),
  priority: () => number("l.priority"),
  country: () => ofNumbers("n.country"),
  "number-type": () => ofNumbers("n.number_type"),
  "number-kind": () => ofNumbers("n.kind"),
  "time-zone": () => ofNumbers(`coalesce(n.time_zone, ${LIST_ZONE})`),
  "days-since-import": (at) => number("timestampdiff(day, l.added_at, ?)", dateOf(at)),
  attempts: () => number("l.attempts_counted"),
  "days-since-attempt": (at) => number("timestampdiff(day, l.last_attempt_at, ?)", dateOf(at)),
  "last-outcome": () => text("(select a.outcome from attempt a where a.attempt_id = l.last_attempt_id)"),
  "last-disposition": () => text("(select a.disposition from attempt a where a.attempt_id = l.last_attempt_id)"),
  "lead-state": () => text("(case l.state when 'held' then 'held' when 'done' then 'done' else 'open' end)"),
};

/** Quoted as JSON does it, which both servers read; no name begins with a hyphen (see the reader of filters). */
const pathOf = (attribute: string): string => `$.${JSON.stringify(attribute)}`;

const attributeColumn = (name: string): Column => ({
  ...text("json_unquote(json_extract(l.attributes, ?))"),
  values: [pathOf(name)],
});

const columnOf = (field: Field, at: Instant): Column => {
  if (field.kind === "attribute") return attributeColumn(field.name);
  // Read from a row, which another version may have written.
  if (!Object.hasOwn(COLUMNS, field.name)) throw new StoreError("broken", "a segment asks for a field nobody knows");
  return COLUMNS[field.name](at);
};

const ofField = (field: Field, at: Instant, test: (column: Column) => SqlPart): SqlPart => {
  const column = columnOf(field, at);
  const { sql, values } = test(column);
  return column.ofNumbers
    ? { sql: `exists (select 1 from lead_number n where n.lead_id = l.lead_id and ${sql})`, values }
    : { sql: `(${sql} is true)`, values };
};

const clean = (column: Column): SqlPart => ({
  sql: `trim(convert(${column.sql} using utf8mb4) collate utf8mb4_bin)`,
  values: column.values,
});

const missing = (field: Field, at: Instant): SqlPart => {
  const column = columnOf(field, at);
  const value = clean(column);
  return column.ofNumbers
    ? part(
        `(not exists (select 1 from lead_number n where n.lead_id = l.lead_id and ${value.sql} <> ''))`,
        ...value.values,
      )
    : part(`(coalesce(${value.sql}, '') = '')`, ...value.values);
};

const textTest = ({ test, values }: TextTerm, column: Column): SqlPart => {
  const value = clean(column);
  const sql = `lower(${value.sql})`;
  if (test === "is") return part(`${sql} in (?)`, ...value.values, values);
  const patterns = values.map((wanted) => patternOf(test, wanted));
  // `like` and not a comparison of the first letters: that one would pad with spaces.
  const tests = patterns.map(() => `${sql} like ? escape '|'`);
  return part(`(${tests.join(" or ")})`, ...patterns.flatMap((pattern) => [...value.values, pattern]));
};

const patternOf = (test: "starts" | "ends" | "contains", wanted: string): string => {
  const plain = wanted.replace(/[|%_]/g, "|$&");
  return `${test === "starts" ? "" : "%"}${plain}${test === "ends" ? "" : "%"}`;
};

const SIGNS = { below: "<", atMost: "<=", above: ">", atLeast: ">=" } as const;

/** As the lead room's `plainNumber` has it. `\z`: a dollar would let a line feed pass. */
const PLAIN_NUMBER = "^[+-]?([0-9]{1,15}|[0-9]{1,9}[.][0-9]{1,6})\\z";
const DECIMAL = "decimal(21,6)";

/** Null for a text that is no number: cast by itself it would be what it begins with. */
const numberOf = (column: Column): SqlPart => {
  if (column.type === "number") return column;
  const value = clean(column);
  return part(
    `(case when ${value.sql} regexp ? then cast(${value.sql} as ${DECIMAL}) end)`,
    ...value.values,
    PLAIN_NUMBER,
    ...value.values,
  );
};

const numberTest = ({ test, values }: NumberTerm, column: Column): SqlPart => {
  const value = numberOf(column);
  const wanted = values.map(() => `cast(? as ${DECIMAL})`).join(", ");
  const sql = test === "is" ? `${value.sql} in (${wanted})` : `${value.sql} ${SIGNS[test]} ${wanted}`;
  // As text: a number of six places must not arrive as a float.
  return part(sql, ...value.values, ...values.map(String));
};

/** What the column `turn` holds at most: for leads without a number to go by. */
const TURN_MAX = 0xffff_ffff;
const ZERO_TURN = 0x8000_0000;

/** The place of the lead `l` in the order of its source; as unsigned. */
export const turnSql = (order: SourceOrder, sourceId: number): SqlPart => {
  switch (order.by) {
    case "imported":
      return part("0");
    case "random":
      return part("crc32(cast((((l.lead_id & 4294967295) * 2654435761 + ? * 40503) & 4294967295) as char))", sourceId);
    case "attribute": {
      const value = numberOf(attributeColumn(order.attribute));
      const ascending = `least(greatest(floor(${value.sql} * 100) + ${ZERO_TURN}, 0), ${TURN_MAX - 1})`;
      const turn = order.descending ? `${TURN_MAX - 1} - ${ascending}` : ascending;
      return part(`cast(coalesce(${turn}, ${TURN_MAX}) as unsigned)`, ...value.values);
    }
  }
};
