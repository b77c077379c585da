/** The shipped alerts and dashboard ask for metrics that exist. */
import { expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { Instruments } from "../../../../src/app/monitoring/instruments.ts";

const file = (name: string): string => readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), "utf8");
const named = (text: string): string[] => [...new Set(text.match(/\b(?:fairdial|nodejs)_[a-z0-9_]+/g) ?? [])];

const known = (): Promise<Set<string>> => {
  const link = { opens: 0, requests: { p50Ms: null, p95Ms: null } };
  const { registry } = new Instruments("one", { status: () => null, link: () => link });
  return registry
    .getMetricsAsJSON()
    .then((metrics) => new Set(metrics.flatMap(({ name }) => [name, `${name}_bucket`, `${name}_count`])));
};

test.each(["monitoring/alerts.yaml", "monitoring/dashboard.json"])("%s", async (name) => {
  const text = file(name);
  const asked = named(JSON.stringify(parse(text)));
  expect(asked.length).toBeGreaterThan(8);
  const there = await known();
  expect(asked.filter((metric) => !there.has(metric))).toEqual([]);
});

test("the administrators' table names every metric of ours, and no other", async () => {
  const [, table = ""] = file("administrators.md").split("| metric (`fairdial_…`) | says |");
  const rows = table.split("\n\n")[0]?.split("\n").slice(1) ?? [];
  const told = rows.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`([a-z0-9_]+)/g)].map(([, name = ""]) => name),
  );
  const ours = [...(await known())].filter((name) => name.startsWith("fairdial_") && !/_(bucket|count)$/.test(name));
  const shown = told.map((name) => (name.startsWith("nodejs_") ? name : `fairdial_${name}`));
  expect(shown.filter((name) => !name.startsWith("nodejs_")).sort()).toEqual(ours.sort());
});
