/** What is shipped may be shipped, and what is overridden is explained. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { fromDisk, lockedPackages, shipped } from "../../../scripts/licences.ts";

const root = join(import.meta.dirname, "../../..");

test("every package of production has a licence that goes with ours", () => {
  const all = shipped(lockedPackages(), fromDisk);
  expect(all.length).toBeGreaterThan(50);
  expect(all.filter(({ allowed }) => !allowed)).toEqual([]);
});

test.each([
  ["GPL-3.0", false],
  ["(GPL-2.0 OR MIT)", true],
  ["(MIT AND GPL-2.0)", false],
  ["MIT", true],
  [undefined, false],
])("a package under %s: %s", (license, allowed) => {
  const packages = { "": {}, "node_modules/a/node_modules/@b/c": { version: "1.0.0", ...(license && { license }) } };
  expect(shipped(packages, () => null)).toMatchObject([{ name: "@b/c", version: "1.0.0", allowed }]);
});

test("what only tests and builds need is not asked", () => {
  expect(shipped({ "node_modules/d": { dev: true, license: "GPL-3.0" } }, () => null)).toEqual([]);
});

test("each override of a dependency is explained", () => {
  const { overrides } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    overrides: Record<string, string | Record<string, string>>;
  };
  const told = readFileSync(join(root, "docs/security.md"), "utf8");
  const names = Object.entries(overrides).flatMap(([name, inner]) =>
    typeof inner === "string" ? [name] : Object.keys(inner),
  );
  for (const name of names) expect(told).toContain(`| \`${name}\` |`);
});
