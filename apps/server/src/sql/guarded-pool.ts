import { Pool, type PoolClient } from "pg";
import { poolRefusal } from "./transaction.ts";

type ConnectCallback = (
  error: Error | undefined,
  client: PoolClient | undefined,
  done: (release?: unknown) => void,
) => void;

/** A `pg.Pool` that refuses to hand out a connection inside a transaction; see `transaction()`. */
export class GuardedPool extends Pool {
  override connect(): Promise<PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<PoolClient> | undefined {
    const refusal = poolRefusal();
    if (callback === undefined) {
      return refusal === undefined ? super.connect() : Promise.reject(refusal);
    }
    if (refusal === undefined) super.connect(callback);
    else callback(refusal, undefined, () => {});
    return undefined;
  }
}
