/** A name that somebody else has, said in the words of whoever wanted it. */
import { StoreError } from "../../engine/ports.ts";
import { DatabaseError } from "../errors.ts";

/** Turns the server's "duplicate" into a `conflict` with this sentence. */
export const orTaken = async <T>(sentence: string, write: Promise<T>): Promise<T> => {
  try {
    return await write;
  } catch (error) {
    if (error instanceof DatabaseError && error.trouble === "duplicate") throw new StoreError("conflict", sentence);
    throw error;
  }
};
