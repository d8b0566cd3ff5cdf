import { hrefs } from '../router.ts';
import { text } from '../text.ts';

export function MissingPage() {
  return (
    <>
      <title>{`${text.problem.missing} · ${text.name}`}</title>
      <h1>{text.problem.missing}</h1>
      <p>{text.problem.missingDetail}</p>
      <p>
        <a href={hrefs.home}>{text.home}</a>
      </p>
    </>
  );
}
