import { Type } from '@fastify/type-provider-typebox';
import { MAX_ID } from '@plumbline/protocol';
import { type DistributorRow, findDistributor, findPerson, type Person } from '@plumbline/store';
import type { Address } from 'viem';
import type { Dependencies } from '../dependencies.ts';
import { ProblemError } from '../problems.ts';
import { freeText } from '../schemas.ts';

export const PersonParams = Type.Object({
  id: freeText({ maxLength: 210, description: 'Person id, wallet, or `ref:` and the reference' }),
});

/** Finds people by what stands in a path. */
export interface PersonFinder {
  /**
   * The person and, if they were named by reference, their row; a person only once they are on chain.
   * @throws ProblemError (404) if there is nobody.
   */
  find(
    name: string,
  ): Promise<{ person: Person; row?: DistributorRow } | { person: null; row: DistributorRow }>;
  /** The person under their present id; null while they are not on chain. */
  findPresent(name: string): Promise<Person | null>;
}

export function createPersonFinder({ database, chain }: Dependencies): PersonFinder {
  const { ledger } = chain;

  async function followed(person: Person | undefined): Promise<Person | undefined> {
    return person && person.movedTo !== null ? findPerson(database, ledger, person.movedTo) : person;
  }

  const find: PersonFinder['find'] = async (name) => {
    if (name.startsWith('ref:')) {
      const row = await findDistributor(database, ledger, { reference: name.slice(4) });
      if (!row) throw new ProblemError(404, `there is no distributor ${name.slice(4)}`);
      const person =
        row.person_id === null
          ? undefined
          : await followed(await findPerson(database, ledger, row.person_id));
      return person ? { person, row } : { person: null, row };
    }
    const isWallet = /^0x[0-9a-fA-F]{40}$/.test(name);
    const isId = /^[1-9][0-9]{0,8}$/.test(name) && Number(name) <= MAX_ID;
    if (!isWallet && !isId) {
      throw new ProblemError(404, 'a distributor is named by a person id, a wallet, or ref: and a reference');
    }
    const key = isWallet ? (name.toLowerCase() as Address) : Number(name);
    const person = await findPerson(database, ledger, key);
    if (!person)
      throw new ProblemError(404, `nobody with the ${isWallet ? 'wallet' : 'id'} ${name} is enrolled`);
    return { person };
  };

  async function findPresent(name: string): Promise<Person | null> {
    const { person } = await find(name);
    return (await followed(person ?? undefined)) ?? null;
  }

  return { find, findPresent };
}
