/** What every test of the suite begins with: a store, and a few of its rows. */
import type { Instant } from "../../../src/domain/instant.ts";
import type { AgentId, AttemptId, CampaignId, LeadId, NodeId } from "../../../src/domain/ids.ts";
import type { AttemptOrder } from "../../../src/domain/attempt.ts";
import type { LeadToDial, Store } from "../../../src/engine/ports.ts";
import { ANYTHING, anyNode, anyNumber, claimOf, LEASE_MS, orderFor, T0, type StoreFixture } from "./fixture.ts";

export { LEASE_MS };
export const MINUTE = 60_000;

/** An attempt whose row has just been written. */
export interface Begun {
  readonly node: NodeId;
  readonly campaignId: CampaignId;
  readonly lead: LeadToDial;
  readonly order: AttemptOrder;
  readonly attemptId: AttemptId;
}

export class Bench {
  #fixture: StoreFixture | null = null;

  open(fixture: StoreFixture): void {
    this.#fixture = fixture;
  }

  get fixture(): StoreFixture {
    if (this.#fixture === null) throw new Error("the fixture is opened before the tests");
    return this.#fixture;
  }

  get store(): Store {
    return this.fixture.store;
  }

  /** A node of our own, as a daemon that has just started. */
  async holdAnyNode(): Promise<NodeId> {
    const node = anyNode();
    await this.store.holdNode(node, "contract", T0, 24 * 60 * MINUTE);
    return node;
  }

  /** A campaign with so many leads of one number each. */
  async campaignWith(leads: number): Promise<{ campaignId: CampaignId; leadIds: LeadId[] }> {
    const campaignId = await this.fixture.seedCampaign();
    const seeds = Array.from({ length: leads }, () => ({ numbers: [{ number: anyNumber() }] }));
    return { campaignId, leadIds: await this.fixture.seedList(campaignId, seeds) };
  }

  claim(campaignId: CampaignId, node: NodeId, limit = 10, at: Instant = T0): Promise<LeadToDial[]> {
    return this.store.claimLeads(claimOf(campaignId, node, { limit, at }));
  }

  /** One lead claimed and its attempt written. */
  async begin(agentId: AgentId | null = null): Promise<Begun> {
    const node = await this.holdAnyNode();
    const { campaignId } = await this.campaignWith(1);
    const [lead] = await this.claim(campaignId, node);
    if (lead === undefined) throw new Error("a lead that is due was not offered");
    const order = orderFor(lead, { agentId });
    await this.store.insertAttempts(node, [order], ANYTHING);
    return { node, campaignId, lead, order, attemptId: order.attemptId };
  }
}
