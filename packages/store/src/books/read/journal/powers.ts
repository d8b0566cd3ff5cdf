import { sql } from 'kysely';
import type { Address, Hex } from 'viem';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';

/** The present permissions of a ledger. */
export interface Powers {
  /** Whether enrolling and recording are paused. */
  paused: boolean;
  /** The recorders, with the units that each may reserve in a period. */
  recorders: { recorder: Address; cap: bigint }[];
  roles: { role: Hex; account: Address }[];
}

/** The present permissions of a ledger, folded from its entries. */
export async function getPowers(database: Database, ledger: string): Promise<Powers> {
  const { rows } = await sql<{ kind: string; content: Record<string, string | boolean> }>`
    select kind, content from entries
    where ledger = ${keyOf(ledger)} and kind in ('recorderSet', 'roleChanged', 'pauseSet') order by entry`.execute(
    database,
  );
  let paused = false;
  const recorders = new Map<string, bigint>();
  const roles = new Map<string, { role: Hex; account: Address }>();
  for (const { kind, content } of rows) {
    if (kind === 'pauseSet') paused = content.paused === true;
    else if (kind === 'recorderSet') recorders.set(String(content.recorder), BigInt(content.cap ?? 0));
    else {
      const { role, account, granted } = content;
      const key = `${role} ${account}`;
      if (granted) roles.set(key, { role: role as Hex, account: account as Address });
      else roles.delete(key);
    }
  }
  return {
    paused,
    recorders: [...recorders].flatMap(([recorder, cap]) =>
      cap === 0n ? [] : [{ recorder: recorder as Address, cap }],
    ),
    roles: [...roles.values()],
  };
}
