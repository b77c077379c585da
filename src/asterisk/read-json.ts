// Reading fields out of what Asterisk sent. Nothing here throws: a field that is not as expected is absent.
import type { JsonObject } from "./ari-port.ts";

export function objectIn(value: unknown): JsonObject | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

export function textIn(object: JsonObject | null, field: string): string | null {
  const value = object?.[field];
  return typeof value === "string" ? value : null;
}

export function numberIn(object: JsonObject | null, field: string): number | null {
  const value = object?.[field];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

export function textsIn(object: JsonObject | null, field: string): readonly string[] {
  return listIn(object?.[field]).filter((item) => typeof item === "string");
}
