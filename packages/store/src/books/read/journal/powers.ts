import { commissionLedgerAbi } from '@plumbline/protocol';
import { sql } from 'kysely';
import { type Address, encodeFunctionData, type Hex, keccak256, zeroAddress } from 'viem';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';

/** Who records, by what key and within what bounds. */
export interface Recorder {
  /** From 1; its batches keep the number when the key is replaced. */
  number: number;
  key: Address;
  /** The units that may be reserved in a period, and the distributors and sales that may be recorded. */
  cap: bigint;
  countCap: number;
  /** The key that can replace it at once; null: none can. */
  standby: Address | null;
}

/** A call of the admin that gives power or takes out money, announced and not made yet. */
export interface AnnouncedAct {
  /** keccak256 of the call. */
  act: Hex;
  call: Hex;
  /** Unix seconds: from when it can be made, and until when. */
  effectiveAt: number;
  voidAfter: number;
}

/** The present permissions of a ledger. */
export interface Powers {
  /** Whether enrolling and recording are paused. */
  paused: boolean;
  /** By number; those whose caps are both zero can record nothing. */
  recorders: Recorder[];
  roles: { role: Hex; account: Address }[];
  /** In the order of announcement, void ones among them. */
  acts: AnnouncedAct[];
  /** The ledger in which the programme goes on; null if in this one. */
  successor: Address | null;
}

const KINDS = [
  'recorderSet',
  'standbySet',
  'recorderReplaced',
  'roleChanged',
  'pauseSet',
  'actAnnounced',
  'actCancelled',
  'floatWithdrawn',
  'balancesOpened',
  'successorSet',
] as const;

interface Row {
  kind: (typeof KINDS)[number];
  content: Record<string, string | number | boolean>;
}

/** The present permissions of a ledger, folded from its entries. */
export async function getPowers(database: Database, ledger: string): Promise<Powers> {
  const key = keyOf(ledger);
  const { rows } = await sql<Row>`
    select kind, content from entries
    where ledger = ${key} and kind in (${sql.join(KINDS.map((kind) => sql.lit(kind)))}) order by entry`.execute(
    database,
  );
  const terms = await database
    .selectFrom('ledgers')
    .select('delay')
    .where('ledger', '=', key)
    .executeTakeFirst();
  const fold = new PowersFold(terms?.delay ?? 0);
  for (const row of rows) fold.add(row);
  return fold.powers();
}

class PowersFold {
  readonly #delay: number;
  #paused = false;
  #successor: Address | null = null;
  readonly #recorders = new Map<number, Recorder>();
  readonly #roles = new Map<string, { role: Hex; account: Address }>();
  readonly #acts = new Map<Hex, AnnouncedAct>();

  /** @param delay Of the ledger, in seconds. */
  constructor(delay: number) {
    this.#delay = delay;
  }

  powers(): Powers {
    return {
      paused: this.#paused,
      recorders: [...this.#recorders.values()],
      roles: [...this.#roles.values()],
      acts: [...this.#acts.values()],
      successor: this.#successor,
    };
  }

  add({ kind, content }: Row): void {
    // An announced call is used up by what it does.
    const call = callOf({ kind, content });
    if (call) this.#acts.delete(keccak256(call));
    const number = Number(content.number);
    const recorder = this.#recorders.get(number);
    switch (kind) {
      case 'recorderSet': {
        const caps = { cap: BigInt(content.cap as string), countCap: Number(content.countCap) };
        const known = recorder ?? { number, key: content.recorder as Address, standby: null };
        this.#recorders.set(number, { ...known, ...caps });
        break;
      }
      case 'standbySet':
        if (recorder) recorder.standby = content.key === zeroAddress ? null : (content.key as Address);
        break;
      case 'recorderReplaced':
        if (recorder) Object.assign(recorder, { key: content.to, standby: null });
        break;
      case 'roleChanged': {
        const [role, account] = [content.role as Hex, content.account as Address];
        if (content.granted) this.#roles.set(`${role} ${account}`, { role, account });
        else this.#roles.delete(`${role} ${account}`);
        break;
      }
      case 'pauseSet':
        this.#paused = content.paused === true;
        break;
      case 'actAnnounced': {
        const [act, effectiveAt] = [content.act as Hex, Number(content.effectiveAt)];
        const announced = {
          act,
          call: content.call as Hex,
          effectiveAt,
          voidAfter: effectiveAt + this.#delay,
        };
        this.#acts.delete(act);
        this.#acts.set(act, announced);
        break;
      }
      case 'actCancelled':
        this.#acts.delete(content.act as Hex);
        break;
      case 'successorSet':
        this.#successor = content.successor as Address;
        break;
      case 'floatWithdrawn':
      case 'balancesOpened':
        break;
    }
  }
}

/** The call that has this entry, if it is one that must be announced. */
function callOf({ kind, content }: Row): Hex | undefined {
  const abi = commissionLedgerAbi;
  switch (kind) {
    case 'recorderSet': {
      const caps = [BigInt(content.cap as string), BigInt(content.countCap as number)] as const;
      return encodeFunctionData({
        abi,
        functionName: 'setRecorder',
        args: [content.recorder as Address, ...caps],
      });
    }
    case 'standbySet': {
      const args = [BigInt(content.number as number), content.key as Address] as const;
      return encodeFunctionData({ abi, functionName: 'setStandby', args });
    }
    case 'roleChanged': {
      const functionName = content.granted ? 'grantRole' : 'revokeRole';
      return encodeFunctionData({
        abi,
        functionName,
        args: [content.role as Hex, content.account as Address],
      });
    }
    case 'floatWithdrawn': {
      const args = [BigInt(content.units as string), content.to as Address] as const;
      return encodeFunctionData({ abi, functionName: 'withdrawFloat', args });
    }
    case 'balancesOpened': {
      const args = [content.records as Hex, content.evidence as Hex] as const;
      return encodeFunctionData({ abi, functionName: 'openBalances', args });
    }
    default:
      return undefined;
  }
}
