import { type FormEvent, useId } from 'react';
import { goTo, hrefs } from '../router.ts';
import { text } from '../text.ts';

/** One box to search for anything. `large` is the one on the home page. */
export function SearchBox({ large = false }: { large?: boolean }) {
  const id = useId();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const query = String(new FormData(event.currentTarget).get('q') ?? '').trim();
    if (query !== '') goTo(hrefs.search(query));
  };
  return (
    <search className={large ? 'search search-large' : 'search'}>
      <form onSubmit={submit}>
        <label htmlFor={id} className={large ? 'search-label' : 'hidden'}>
          {text.search.label}
        </label>
        <div className="search-row">
          <input
            id={id}
            name="q"
            type="search"
            placeholder={large ? text.search.hint : text.search.hintShort}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            maxLength={200}
            required
          />
          <button type="submit">{text.search.submit}</button>
        </div>
      </form>
    </search>
  );
}
