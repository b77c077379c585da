// A database with a campaign that has dialled, and the command line over it: what the tests of accounts and statements share.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { runCli } from "../../src/app/cli.ts";
import { databaseOf } from "../../src/app/open-store.ts";
import { readProfiles } from "../../src/app/profiles.ts";
import { accountOf } from "../../src/compliance/account.ts";
import type { CampaignRules, DialFacts } from "../../src/compliance/dial-facts.ts";
import { mayDial } from "../../src/compliance/may-dial.ts";
import type { ComplianceProfile } from "../../src/compliance/profile.ts";
import { NOTHING_KNOWN, type AttemptFacts, type Stamp } from "../../src/domain/attempt.ts";
import type { AttemptId, AgentId, CampaignId, NodeId } from "../../src/domain/ids.ts";
import { after, instant, type Instant } from "../../src/domain/instant.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import { phoneNumber, type PhoneNumber } from "../../src/domain/phone-number.ts";
import { migrate, type Database } from "../../src/store/index.ts";
import {
  claimOf,
  anyNode,
  anyNumber,
  ANYTHING,
  endOf,
  orderFor,
  type StoreFixture,
} from "../contract/store/fixture.ts";
import { startStoreLab, type StoreLab } from "./store-lab.ts";
import { sqlFixture } from "./store-sql-fixture.ts";

export const at = (iso: string): Instant => instant(Date.parse(iso));
export const MESSAGE = { media: "sound:fairdial/sorry", sha256: "a".repeat(64), approvedBy: "anna" };
export const CLI_NUMBER = phoneNumber("+442079460000");

/** In ms after the decision; what is left out did not happen. */
export interface Life {
  readonly rang?: number;
  readonly answered?: number;
  readonly connected?: number;
  readonly message?: number;
  readonly ended?: number;
  readonly endedBy?: AttemptFacts["endedBy"];
  readonly endReason?: AttemptFacts["endReason"];
  readonly withdrawn?: boolean;
}

export interface Dialled {
  readonly campaignId: CampaignId;
  readonly at: Instant;
  readonly outcome: Outcome;
  readonly life: Life;
  readonly number?: PhoneNumber;
  readonly cliNumber?: PhoneNumber;
  readonly centre?: string;
  readonly guaranteedBy?: AgentId;
  /** A disposition's code, said after the end. */
  readonly says?: string;
  readonly sayer?: AgentId;
  /** What the decision saw otherwise than all was well. */
  readonly seen?: Readonly<Record<string, unknown>>;
  /** Written down as something else than the facts say. */
  readonly account?: ReturnType<typeof accountOf>;
}

export interface Told<Document> {
  readonly code: number;
  readonly document: Document;
}

export class AccountLab {
  readonly profile: ComplianceProfile;
  readonly fixture: StoreFixture;
  readonly db: Database;
  readonly #lab: StoreLab;
  readonly #folder: string;
  readonly #env: Record<string, string>;
  readonly #node: NodeId = anyNode();
  /** What the command line takes for the time. */
  now: Instant = at("2026-11-21T09:00:00Z");

  private constructor(lab: StoreLab, db: Database, folder: string, env: Record<string, string>) {
    this.#lab = lab;
    this.db = db;
    this.#folder = folder;
    this.#env = env;
    this.fixture = sqlFixture(db, () => lab.stop());
    const profile = readProfiles([], at("2026-11-20T12:00:00Z")).get("UK");
    if (profile === undefined) throw new Error("no profile UK");
    this.profile = profile;
  }

  static async begin(name: string): Promise<AccountLab> {
    const lab = await startStoreLab();
    const config = await lab.create(name);
    const db = lab.open(config);
    await migrate(db);
    const folder = mkdtempSync(join(tmpdir(), "fairdial-account-"));
    const file = join(folder, "fairdial.yaml");
    const { host, port, user, database } = config;
    writeFileSync(file, stringify({ database: { host, port, user, name: database } }), { mode: 0o600 });
    const env = { FAIRDIAL_CONFIG: file, FAIRDIAL_DATABASE_PASSWORD: config.password };
    const made = new AccountLab(lab, db, folder, env);
    await made.fixture.store.holdNode(made.#node, "lab", made.now, 3_600_000);
    return made;
  }

  async end(): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true });
    await this.#lab.stop();
  }

  async run(...words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    let [out, err] = ["", ""];
    const code = await runCli(words, {
      env: this.#env,
      stdin: (async function* () {
        // Nobody types.
      })(),
      stdout: { write: (text) => (out += text) },
      stderr: { write: (text) => (err += text) },
      userName: "auditor",
      now: () => this.now,
      openDatabase: databaseOf,
    });
    return { code, out, err };
  }

  async json<Document>(...words: readonly string[]): Promise<Told<Document>> {
    const { code, out, err } = await this.run(...words, "--json");
    if (out === "") throw new Error(`fairdial ${words.join(" ")} ended with ${code}: ${err}`);
    return { code, document: JSON.parse(out) as Document };
  }

  /** What the engine does, without one: a lead is claimed, its attempt written, ended, and talked about. */
  async dial(dialled: Dialled): Promise<AttemptId> {
    const { campaignId, outcome, life } = dialled;
    const { store } = this.fixture;
    await this.fixture.seedList(campaignId, [
      { numbers: [{ number: dialled.number ?? anyNumber(), timeZone: "Europe/London" }], dueAt: at("2020-01-01") },
    ]);
    const [lead] = await store.claimLeads(
      claimOf(campaignId, this.#node, { limit: 1, at: dialled.at, leaseMs: 3_600_000 }),
    );
    if (lead === undefined) throw new Error("no lead");
    const order = orderFor(lead, {
      cliNumber: dialled.cliNumber ?? CLI_NUMBER,
      centre: dialled.centre ?? "main",
      agentId: dialled.guaranteedBy ?? null,
      overdial: dialled.guaranteedBy === undefined,
      profile: "UK",
      profileVersion: this.profile.version,
      clock: this.profile.clock,
      decidedAt: dialled.at,
      evidence: { ...this.#evidence(lead.number, dialled.at), ...dialled.seen },
    });
    const refused = await store.insertAttempts(this.#node, [order], ANYTHING);
    if (refused.length > 0) throw new Error("refused");
    const facts = factsOf(dialled.at, life, dialled.guaranteedBy ?? null);
    const { abandon, ringMinMs } = this.profile;
    const account =
      dialled.account === undefined
        ? accountOf(facts, outcome, { abandon, ringMinMs, clock: order.clock, amd: null })
        : dialled.account;
    await store.endAttempt(endOf(lead, order, { outcome, facts, account }));
    if (dialled.says !== undefined && dialled.sayer !== undefined) {
      await store.recordDisposition(order.attemptId, dialled.sayer, dialled.says, after(dialled.at, 120_000));
    }
    return order.attemptId;
  }

  /** As the engine's own decision leaves it, with everything in order. */
  #evidence(number: PhoneNumber, decidedAt: Instant): Readonly<Record<string, unknown>> {
    const rules: CampaignRules = {
      profile: this.profile,
      callingHours: [{ days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 0, toMinute: 1440 }],
      purpose: "marketing",
      sector: "general",
      sectorAuthority: null,
      amdDrops: false,
    };
    const facts: DialFacts = {
      killSwitch: null,
      principal: "Acme Ltd",
      cliNumber: CLI_NUMBER,
      cliOwned: { cliNumber: CLI_NUMBER, trunk: "carrier", proof: "contract 12", addedAt: at("2026-01-01") },
      registers: [],
      message: {
        ...MESSAGE,
        transcript: "Acme called. We are sorry.",
        principal: "Acme Ltd",
        contactNumber: "+448000000000",
        saysPurpose: true,
        offersKeyOptOut: false,
        approvedAt: at("2026-01-01"),
      },
      messagePlays: "played",
      number,
      country: "GB",
      numberType: "mobile",
      region: null,
      timeZone: "Europe/London",
      consent: null,
      facts: {
        suppressed: false,
        permanentOutcome: null,
        registers: [],
        guaranteedOnlyUntil: null,
        attemptsAt: [],
        onTheLineAt: null,
      },
      guaranteed: false,
    };
    return mayDial(facts, rules, decidedAt).evidence;
  }
}

const factsOf = (decidedAt: Instant, life: Life, agent: AgentId | null): AttemptFacts => {
  const stamp = (ms: number | undefined): Stamp | null =>
    ms === undefined ? null : { at: after(decidedAt, ms), asteriskAt: after(decidedAt, ms) };
  if (life.withdrawn === true) return { ...NOTHING_KNOWN, placeFailure: "withdrawn", agentId: agent };
  return {
    ...NOTHING_KNOWN,
    placedAt: stamp(100),
    ringing: life.rang === undefined ? "none" : "ringing",
    ringingAt: stamp(life.rang),
    answeredAt: stamp(life.answered),
    connectedAt: stamp(life.connected),
    messageAt: stamp(life.message),
    message: life.message === undefined ? "none" : "finished",
    messageChoice: life.message === undefined ? null : "campaign",
    endedAt: stamp(life.ended ?? 30_000),
    endedBy: life.endedBy ?? "farEnd",
    endReason: life.endReason ?? null,
    agentId: agent,
  };
};
