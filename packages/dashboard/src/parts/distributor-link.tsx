import { hrefs } from '../router.ts';
import { text } from '../text.ts';

/** A link to a distributor, by the company's reference where it is known. */
export function DistributorLink({ id, reference }: { id: number; reference?: string | null }) {
  return (
    <a href={hrefs.distributor(id)}>
      {reference ?? text.distributorName(id)}
      {reference ? <small className="aside"> {id}</small> : null}
    </a>
  );
}
