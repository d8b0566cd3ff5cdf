import { Type } from '@fastify/type-provider-typebox';
import { MAX_ID } from '@plumbline/protocol';
import { freeText } from '@plumbline/protocol/api';
import {
  type Distributor,
  type EnrolmentRow,
  findDistributor,
  findEnrolment,
  type Page,
  type PageRequest,
} from '@plumbline/store';
import type { Address } from 'viem';
import type { Dependencies } from '../dependencies.ts';
import { parsePage } from '../paging.ts';
import { ProblemError } from '../problems.ts';

export const DistributorParams = Type.Object({
  id: freeText({ maxLength: 210, description: 'Distributor id, wallet, or `ref:` and the reference' }),
});

/** Finds distributors by the name in a path. Every call throws ProblemError (404) for an unknown name. */
export interface DistributorFinder {
  /** A distributor named by reference comes with the enrolment; `distributor` is null before that is on chain. */
  get(
    name: string,
  ): Promise<{ distributor: Distributor; row?: EnrolmentRow } | { distributor: null; row: EnrolmentRow }>;
  /** The distributor under their present id; null before the enrolment is on chain. */
  findPresent(name: string): Promise<Distributor | null>;
  /** A page of a distributor's list, which is empty before the enrolment is on chain. */
  listOf<T>(
    name: string,
    query: { limit?: string; cursor?: string },
    list: (id: number, page: PageRequest) => Promise<Page<T>>,
  ): Promise<Page<T>>;
}

export function createDistributorFinder({ database, chain }: Dependencies): DistributorFinder {
  const { ledger } = chain;

  async function followed(distributor: Distributor | undefined): Promise<Distributor | undefined> {
    return distributor && distributor.movedTo !== null
      ? findDistributor(database, ledger, distributor.movedTo)
      : distributor;
  }

  const get: DistributorFinder['get'] = async (name) => {
    if (name.startsWith('ref:')) {
      const row = await findEnrolment(database, ledger, { reference: name.slice(4) });
      if (!row) throw new ProblemError(404, `there is no distributor ${name.slice(4)}`);
      const distributor =
        row.distributorId === null
          ? undefined
          : await followed(await findDistributor(database, ledger, row.distributorId));
      return distributor ? { distributor, row } : { distributor: null, row };
    }
    const isWallet = /^0x[0-9a-fA-F]{40}$/.test(name);
    const isId = /^[1-9][0-9]{0,8}$/.test(name) && Number(name) <= MAX_ID;
    if (!isWallet && !isId) {
      throw new ProblemError(404, 'name a distributor by id, by wallet, or by "ref:" and the reference');
    }
    const key = isWallet ? (name.toLowerCase() as Address) : Number(name);
    const distributor = await findDistributor(database, ledger, key);
    if (!distributor) {
      throw new ProblemError(
        404,
        `no distributor with the ${isWallet ? 'wallet' : 'id'} ${name} is enrolled`,
      );
    }
    return { distributor };
  };

  async function findPresent(name: string): Promise<Distributor | null> {
    const { distributor } = await get(name);
    return (await followed(distributor ?? undefined)) ?? null;
  }

  return {
    get,
    findPresent,
    async listOf(name, query, list) {
      const distributor = await findPresent(name);
      return distributor ? list(distributor.id, parsePage(query)) : { items: [], nextCursor: null };
    },
  };
}
