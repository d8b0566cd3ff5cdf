import { Type } from '@fastify/type-provider-typebox';
import { MAX_ID } from '@plumbline/protocol';
import { freeText } from '@plumbline/protocol/api';
import { type Distributor, type EnrolmentRow, findDistributor, findEnrolment } from '@plumbline/store';
import type { Address } from 'viem';
import type { Dependencies } from '../dependencies.ts';
import { ProblemError } from '../problems.ts';

export const DistributorParams = Type.Object({
  id: freeText({ maxLength: 210, description: 'Distributor id, wallet, or `ref:` and the reference' }),
});

/** Finds distributors by what stands in a path. */
export interface DistributorFinder {
  /**
   * The distributor and, if they were named by reference, their row; a distributor only once they are on chain.
   * @throws ProblemError (404) if there is nobody.
   */
  find(
    name: string,
  ): Promise<{ distributor: Distributor; row?: EnrolmentRow } | { distributor: null; row: EnrolmentRow }>;
  /** The distributor under their present id; null while they are not on chain. */
  findPresent(name: string): Promise<Distributor | null>;
}

export function createDistributorFinder({ database, chain }: Dependencies): DistributorFinder {
  const { ledger } = chain;

  async function followed(distributor: Distributor | undefined): Promise<Distributor | undefined> {
    return distributor && distributor.movedTo !== null
      ? findDistributor(database, ledger, distributor.movedTo)
      : distributor;
  }

  const find: DistributorFinder['find'] = async (name) => {
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
      throw new ProblemError(
        404,
        'a distributor is named by a distributor id, a wallet, or ref: and a reference',
      );
    }
    const key = isWallet ? (name.toLowerCase() as Address) : Number(name);
    const distributor = await findDistributor(database, ledger, key);
    if (!distributor)
      throw new ProblemError(404, `nobody with the ${isWallet ? 'wallet' : 'id'} ${name} is enrolled`);
    return { distributor };
  };

  async function findPresent(name: string): Promise<Distributor | null> {
    const { distributor } = await find(name);
    return (await followed(distributor ?? undefined)) ?? null;
  }

  return { find, findPresent };
}
