/**
 * Keys of NDJSON as columns. They have no heading, and any row may bring one that none before it had; a key means the
 * same in every row, in whichever order the rows write theirs.
 */
import { mapColumns, type ColumnMap, type ColumnProblem, type FieldMapping } from "./columns.ts";
import { COLUMNS_MAX } from "./limits.ts";
import { rejection, type Rejection } from "./rejection.ts";

export interface TakenKeys {
  readonly columns: ColumnMap;
  /** In the order of the columns' names; "" for what the row does not have. */
  readonly fields: readonly string[];
}

export class JsonColumns {
  readonly #mapping: FieldMapping;
  readonly #names: string[] = [];
  readonly #places = new Map<string, number>();
  #map: ColumnMap | ColumnProblem | null = null;

  constructor(mapping: FieldMapping) {
    this.#mapping = mapping;
  }

  /** What all keys so far mean. */
  get map(): ColumnMap | ColumnProblem {
    this.#map ??= mapColumns([...this.#names], this.#mapping, false);
    return this.#map;
  }

  /** A row's values under the columns; a key that comes again, as lists do, gets a name of its own. */
  take(values: readonly (readonly [key: string, value: string])[]): TakenKeys | Rejection {
    const before = this.#names.length;
    const seen = new Map<string, number>();
    const placed: [place: number, value: string][] = [];
    for (const [key, value] of values) {
      const copy = (seen.get(key) ?? 0) + 1;
      seen.set(key, copy);
      placed.push([this.#placeOf(copy === 1 ? key : `${key} (${copy})`), value]);
    }
    if (this.#names.length > COLUMNS_MAX) {
      this.#forget(before);
      return rejection("row-too-many-fields", `with this row the file has more than ${COLUMNS_MAX} different keys`);
    }
    const columns = this.map;
    if ("problem" in columns) return rejection("number-missing", "no key of the row looks like a telephone number");
    const fields = Array<string>(columns.names.length).fill("");
    for (const [place, value] of placed) fields[place] = value;
    return { columns, fields };
  }

  #placeOf(name: string): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    this.#places.set(name, this.#names.length);
    this.#names.push(name);
    this.#map = null;
    return this.#names.length - 1;
  }

  #forget(from: number): void {
    for (const name of this.#names.splice(from)) this.#places.delete(name);
    this.#map = null;
  }
}
