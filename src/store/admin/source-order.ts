/** Between the columns of a source and the order in which it takes leads. */
import type { SourceOrder } from "../../lead/segment/turn.ts";
import { StoreError } from "../../engine/ports.ts";
import type { SqlValue } from "../database.ts";

export interface OrderColumns {
  readonly ordering: string;
  readonly attribute: string | null;
  readonly descending: number;
}

export const orderOf = ({ ordering, attribute, descending }: OrderColumns): SourceOrder => {
  if (ordering === "imported" || ordering === "random") return { by: ordering };
  if (ordering === "attribute" && attribute !== null) {
    return { by: "attribute", attribute, descending: descending === 1 };
  }
  throw new StoreError("broken", "a source has an order nobody knows");
};

/** ordering, attribute, descending. */
export const orderColumns = (order: SourceOrder): [SqlValue, SqlValue, SqlValue] =>
  order.by === "attribute" ? [order.by, order.attribute, order.descending ? 1 : 0] : [order.by, null, 0];
