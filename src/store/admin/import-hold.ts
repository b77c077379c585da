/** A connection of an import's own, and the lock that keeps others from the same import, for as long as it goes on. */
import { StoreError } from "../../engine/ports.ts";
import type { HeldConnection } from "../database.ts";
import { letGo } from "../named-lock.ts";

export class ImportHold {
  readonly connection: HeldConnection;
  readonly #lock: string;
  #over = false;

  constructor(connection: HeldConnection, lock: string) {
    this.connection = connection;
    this.#lock = lock;
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** After a failure nobody knows what was written, or a transaction is half undone: nothing more is. */
  async orOver<T>(work: () => Promise<T>): Promise<T> {
    if (this.#over) throw new StoreError("broken", "this import is over");
    try {
      return await work();
    } catch (error) {
      this.giveUp();
      throw error;
    }
  }

  async end(): Promise<void> {
    this.#over = true;
    try {
      await letGo(this.connection, this.#lock);
      this.connection.release();
    } catch {
      this.connection.discard();
    }
  }

  giveUp(): void {
    this.#over = true;
    this.connection.discard();
  }
}
