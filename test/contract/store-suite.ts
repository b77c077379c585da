/**
 * One suite for every Store: the one in memory and the one on a real database keep the same promises.
 *
 * Each test makes its own campaign, leads, agents and node names, so tests may share one database.
 */
import { afterAll, beforeAll, describe, jest } from "@jest/globals";
import { describeAttempts } from "./store/attempts.ts";
import { describeClaims } from "./store/claims.ts";
import { describeCompliance } from "./store/compliance.ts";
import { Bench } from "./store/bench.ts";
import type { StoreFixture } from "./store/fixture.ts";
import { describeFlows } from "./store/flows.ts";
import { describeGuard } from "./store/guard.ts";
import { describeLeads } from "./store/leads.ts";
import { describePacing } from "./store/pacing.ts";
import { describeAmd } from "./store/amd.ts";
import { describePeople } from "./store/people.ts";
import { describePreviews } from "./store/previews.ts";
import { describeReturns } from "./store/returns.ts";
import { describeWrittenBehind } from "./store/written-behind.ts";

export type { AttemptReadBack, LeadReadBack, SeedLead, StoreFixture } from "./store/fixture.ts";

export function describeStoreContract(name: string, makeFixture: () => Promise<StoreFixture>): void {
  describe(`${name} keeps the store's promises`, () => {
    // A database on a busy machine may take its time; a promise that hangs must still fail.
    jest.setTimeout(30_000);
    const bench = new Bench();
    beforeAll(async () => {
      bench.open(await makeFixture());
    }, 60_000);
    afterAll(async () => {
      await bench.fixture.close();
    });
    describePeople(bench);
    describeAmd(bench);
    describeLeads(bench);
    describeClaims(bench);
    describeAttempts(bench);
    describeGuard(bench);
    describeCompliance(bench);
    describePacing(bench);
    describePreviews(bench);
    describeReturns(bench);
    describeFlows(bench);
    describeWrittenBehind(bench);
  });
}
