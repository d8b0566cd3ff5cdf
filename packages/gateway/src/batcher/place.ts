import { type DistributorRecord, fragmentOf, laneOf, nextId } from '@plumbline/protocol';
import type { WaitingEnrolment } from '@plumbline/store';
import { type Hex, zeroAddress } from 'viem';
import type { Chain } from '../chain/chain.ts';
import { Fragments } from './fragments.ts';

/** A recruit as the ledger takes it. */
export interface PlacedEnrolment extends DistributorRecord {
  reference: string;
}

/**
 * Gives ids to recruits, each in the sponsor's fragment while there is room. The chain says which ids are taken and which
 * id a sponsor has now: the books may be behind it.
 * @returns The recruits with their ids, or as `orphan` one whose sponsor has left, below whom nobody may be placed.
 */
export async function placeDistributors(
  chain: Chain,
  waiting: readonly WaitingEnrolment[],
): Promise<{ placed: PlacedEnrolment[]; orphan: WaitingEnrolment | undefined }> {
  let fragments = await chain.countFragments();
  const known = new Fragments(chain);
  await known.read(waiting.flatMap(({ sponsorId }) => (sponsorId === null ? [] : [sponsorId])));
  await known.read([...known.moves.values()]);
  const orphan = waiting.find(({ sponsorId }) => sponsorId !== null && known.hasLeft(sponsorId));
  if (orphan) return { placed: [], orphan };
  const ids = new Map<string, number>();
  const placed = waiting.map(({ reference, sponsorReference, sponsorId, wallet }) => {
    const given = sponsorReference === null ? 0 : (sponsorId ?? ids.get(sponsorReference) ?? 0);
    if (sponsorReference !== null && given === 0) {
      throw new Error(`${reference} needs an id, but its sponsor ${sponsorReference} comes after it`);
    }
    const sponsor = known.moves.get(given) ?? given;
    const id = nextId(sponsor, known.occupancy.get(fragmentOf(sponsor)) ?? 0, fragments);
    if (laneOf(id) === 0) fragments++;
    known.occupancy.set(fragmentOf(id), laneOf(id) + 1);
    ids.set(reference, id);
    return { reference, id, sponsor, wallet: (wallet ?? zeroAddress) as Hex };
  });
  return { placed, orphan: undefined };
}
