/** No statement is made from values: whatever stands in one by `${…}` is a text of ours. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";

const room = fileURLToPath(new URL("../../../src/store/", import.meta.url));

/** Texts of ours, by the names they have: columns, joins and conditions written in the source. */
const OURS = [
  /^[A-Z_]+$/, // a constant
  /^factColumns\("(a\.)?"\)$/,
  /^fact(Assignments|Growth|Table)\(\)$/,
  /^(period\.)?where$/,
  /^rest$/,
  /^condition$/, // of the same file, in its own words
  /^\w+ === null \? "" : " and (\w\.)?\w+ = \?"$/, // one more condition, or none
  /^column$/, // a name out of a list in the same file
  /^assignments\.map\(\(\[column\]\) => (column|`\$\{column\} = \?, `)\)\.join\(", "|"\)$/,
  /^assignments\.map/,
  /^quoted\(\w+\)$/, // a name in backquotes
  /^[A-Z_]+\[\w+\]$/, // out of a table of texts in the same file
  /^(place|turn|fits)\.sql$/, // what a filter or an order compiles to, its values bound beside it
  /^placed$/, // a condition of the same file
  /^\w+ === ("\w+"|[A-Z]+) \? "[\w. =]*" : "[\w. =]*"$/, // one of two texts
];

const LITERAL = /`(?:[^`\\$]|\\.|\$\{(?:[^`{}]|\{[^{}]*\}|`[^`]*`)*\}|\$)*`/g;
const INSERTED = /\$\{((?:[^`{}]|\{[^{}]*\}|`[^`]*`)*)\}/g;
const STATEMENT = /^`\s*(?:\$\{SELECT_CAMPAIGN\}|\$\{SETTLE\}|select|insert|update|delete|create|grant)\b/i;

const strangersIn = (text: string): string[] =>
  [...text.matchAll(LITERAL)]
    .filter(([literal]) => STATEMENT.test(literal))
    .flatMap(([literal]) => [...literal.matchAll(INSERTED)].map(([, expression]) => (expression ?? "").trim()))
    .filter((expression) => !OURS.some((pattern) => pattern.test(expression)));

test("what stands in a statement is ours", () => {
  const paths = readdirSync(room, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  expect(paths.length).toBeGreaterThan(20);
  const strangers = paths.flatMap((path) =>
    strangersIn(readFileSync(`${room}${path}`, "utf8")).map((expression) => `${path}: ${expression}`),
  );
  expect(strangers).toEqual([]);
});

test.each([
  "`select * from agent where name = '${name}'`",
  "`update ${table} set a = ?`",
  "`delete from x where ${a.b}`",
])("a value put into %s is found", (planted) => {
  expect(strangersIn(`db.write(${planted}, [])`)).toHaveLength(1);
});
