// One request and its answer, whole. undici's own request() makes a stream of every body, which costs as much as all the
// rest of it; answers here are short, and wanted whole.
import type { Dispatcher } from "undici";

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

export type Exchange = Pick<Dispatcher.DispatchOptions, "headers" | "body"> & {
  readonly method: string;
  readonly path: string;
};

/**
 * Resolves with an answer of any status. Rejects with undici's error, or with a `TimeoutError` after `patienceMs`: undici's
 * own timers start when a request is on the wire, this one also covers its wait for a connection.
 */
export const exchange = (dispatcher: Dispatcher, options: Exchange, patienceMs: number): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | null = null;
    let late: DOMException | null = null;
    let [status, headers]: [number, HttpAnswer["headers"]] = [0, {}];
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => {
      late = new DOMException("no answer in time", "TimeoutError");
      controller?.abort(late);
      reject(late);
    }, patienceMs);
    dispatcher.dispatch(options, {
      onRequestStart: (begun) => {
        controller = begun;
        // Given up while it waited for a connection: it must not go out any more.
        if (late !== null) begun.abort(late);
      },
      onResponseStart: (_, code, received) => {
        [status, headers] = [code, received];
      },
      onResponseData: (_, chunk) => {
        chunks.push(chunk);
      },
      onResponseEnd: () => {
        clearTimeout(timer);
        const [only = Buffer.alloc(0)] = chunks;
        resolve({ status, headers, body: chunks.length < 2 ? only : Buffer.concat(chunks) });
      },
      onResponseError: (_, error) => {
        clearTimeout(timer);
        reject(error);
      },
    });
  });
