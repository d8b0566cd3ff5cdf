import { hrefs } from '../router.ts';
import { text } from '../text.ts';

/** A link to a person, by the company's reference where it is known. */
export function PersonLink({ id, reference }: { id: number; reference?: string | null }) {
  return (
    <a href={hrefs.distributor(id)}>
      {reference ?? text.person(id)}
      {reference ? <small className="aside"> {id}</small> : null}
    </a>
  );
}
