/** Segments and sources as a manager handles them. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { CliLab } from "./cli-lab.ts";

jest.setTimeout(60_000);

const lab = new CliLab();
const campaign = ["--campaign", "spring"];
beforeAll(async () => {
  await lab.begin();
  await lab.must("migrate");
  await lab.must("campaign", "add", "spring", "--trunk", "carrier", "--cli", "020 7946 0000", "--principal", "Acme");
  const rows = [
    "Phone,Name,Customer ID,Status,Post code,Income",
    "020 7946 0001,Ann,K1,gold,SW1A 1AA,15",
    "020 7946 0002,Bob,K2,silver,N1 9GU,25",
    "020 7946 0003,Cyd,K3,GOLD,sw1x 7xl,",
    "020 7946 0004,Dee,K4,,E1 6AN,5",
  ];
  await lab.must("list", "import", lab.file("march.csv", `${rows.join("\n")}\n`), ...campaign, "--list", "march");
});
afterAll(() => lab.end());

interface Mix {
  readonly isAssigning: boolean;
  readonly sources: readonly {
    source: number;
    list: string | null;
    segment: string | null;
    leads: number;
    sharePercent: number;
  }[];
  readonly unplaced: { readonly leads: number };
}
const mix = () => lab.json<Mix>("source", "list", ...campaign);

describe("a filter", () => {
  test("is tried out before anything is changed, with numbers masked", async () => {
    const answer = await lab.json<{ fitting: number; leads: number; sample: { numbers: string[]; key: string }[] }>(
      ...["segment", "test", 'Status = "gold" and attr("Post code") starts "SW1"', ...campaign],
    );
    expect(answer).toMatchObject({ fitting: 2, leads: 4, warnings: [], segment: null });
    expect(answer.sample.map(({ key }) => key)).toEqual(["K1", "K3"]);
    expect(answer.sample[0]?.numbers).toEqual(["+4420…0001"]);
    const text = await lab.must("segment", "test", "Income between 10 and 20", ...campaign, "--list", "march");
    expect(text).toContain("1 of 4 leads fit");
    expect(text).not.toContain("79460001");
  });

  test("that cannot be read is refused with its place and what was meant", async () => {
    const slip = await lab.run("segment", "test", 'Status = "gold" and attemps = 0', ...campaign);
    expect(slip.code).toBe(2);
    expect(slip.err).toContain('Did you mean "attempts"?');
    expect(slip.err).toMatch(/attemps = 0\n {22}\^ here/);
    const word = await lab.run("segment", "test", 'last-outcome = "bsy"', ...campaign);
    expect(word.err).toContain('Did you mean "busy"?');
    const open = await lab.run("segment", "test", 'Status = "gold', ...campaign, "--json");
    expect([open.code, open.out]).toEqual([2, ""]);
    expect(open.err).toContain("filter-unfinished");
  });

  test("that asks for what no lead has warns of it", async () => {
    const answer = await lab.json<{ warnings: string[]; fitting: number }>(
      ...["segment", "test", 'Statsu = "gold"', ...campaign],
    );
    expect(answer).toMatchObject({ fitting: 0, warnings: [expect.stringContaining('Did you mean "Status"?')] });
  });
});

describe("segments and sources", () => {
  test("are made, used, changed and removed", async () => {
    const before = await mix();
    expect(before.sources).toMatchObject([{ list: "march", segment: null, leads: 4, sharePercent: 100 }]);
    await lab.must("segment", "add", "gold", 'Status = "gold"');
    expect((await lab.run("segment", "add", "GOLD", "x = 1")).err).toContain("--replace");
    const added = await lab.json<{ source: number; assigned: { leadsMoved: number } }>(
      ...["source", "add", ...campaign, "--segment", "gold", "--weight", "3", "--position", "1"],
      ...["--order", "attribute:Income:desc"],
    );
    expect(added.assigned).toMatchObject({ leadsMoved: 2, isDone: true });
    const list = await mix();
    expect(list.sources).toMatchObject([
      { source: added.source, list: null, segment: "gold", leads: 2, sharePercent: 75 },
      { list: "march", leads: 2, sharePercent: 25 },
    ]);
    expect(await lab.must("source", "list", ...campaign)).toContain("attribute:Income:desc");
    expect(await lab.must("segment", "list")).toContain("spring");
    expect(await lab.must("segment", "show", "gold")).toContain("when it or a source changes");

    expect((await lab.run("segment", "remove", "gold")).err).toContain("is used by spring");
    expect(await lab.must("segment", "add", "gold", 'Status = "silver"', "--replace")).toContain("3 leads of 4 moved");
    expect((await mix()).sources.map(({ leads }) => leads)).toEqual([1, 3]);
    expect(await lab.json("segment", "test", "gold", ...campaign)).toMatchObject({
      ...{ segment: "gold", fitting: 1, places: [{ source: added.source, leads: 1 }] },
    });
    await lab.must("source", "set", String(added.source), "--weight", "0");
    expect((await mix()).sources.map(({ sharePercent }) => sharePercent)).toEqual([0, 100]);
    await lab.must("source", "set", String(added.source), "--position", "2", "--order", "random");
    expect((await mix()).sources.map(({ segment }) => segment)).toEqual([null, "gold"]);
    expect((await mix()).sources.map(({ leads }) => leads)).toEqual([4, 0]);

    const own = (await mix()).sources[0]!.source;
    expect(await lab.must("source", "remove", String(own))).toContain("3 leads of the campaign are in no source");
    await lab.must("source", "remove", String(added.source));
    expect(await lab.must("source", "list", ...campaign)).toContain("has no source: none of its leads is dialled");
    await lab.must("segment", "remove", "gold");
    expect(await lab.must("segment", "list")).toContain("There is no segment yet");
    await lab.must("source", "add", ...campaign);
    expect(await mix()).toMatchObject({
      isAssigning: false,
      sources: [{ list: null, leads: 4 }],
      unplaced: { leads: 0 },
    });
    expect(await lab.json("source", "assign", ...campaign)).toMatchObject({
      ...{ wasPending: false, assigned: { leadsSeen: 4, leadsMoved: 0, isDone: true } },
    });
  });

  test("what does not exist, or is no number, is answered with what does", async () => {
    await lab.must("segment", "add", "north", 'Status = "gold"');
    expect((await lab.run("segment", "show", "norht")).err).toContain('Did you mean "north"?');
    expect((await lab.run("source", "add", ...campaign, "--segment", "norht")).err).toContain('Did you mean "north"?');
    expect((await lab.run("source", "add", ...campaign, "--list", "marhc")).err).toContain('Did you mean "march"?');
    expect(await lab.run("source", "set", "999", "--weight", "1")).toMatchObject({ code: 1 });
    expect((await lab.run("source", "set", "999", "--weight", "1")).err).toContain("There is no source 999");
    expect(await lab.run("source", "set", "x", "--weight", "1")).toMatchObject({ code: 2 });
    expect(await lab.run("source", "set", "1")).toMatchObject({ code: 2 });
    expect((await lab.run("source", "add", ...campaign, "--order", "randm")).err).toContain('Did you mean "random"?');
    expect((await lab.run("source", "add", ...campaign)).err).toContain("takes these leads already");
    expect(await lab.run("source", "add", ...campaign, "--weight", "-1")).toMatchObject({ code: 2 });
    const strange = await lab.run("source", "add", ...campaign, "--segment", "north", "--order", "attribute:Incme");
    expect(strange.err).toContain('Did you mean "Income"?');
  });
});
