import { type FormEvent, useId, useState } from 'react';
import { useProgramme } from '../state/programme.ts';
import { text } from '../text.ts';

const words = text.verification;

/** The node that the browser asks; the reader can name their own. */
export function NodeField() {
  const { rpcUrl, ledger, setRpcUrl } = useProgramme();
  const [invalid, setInvalid] = useState(false);
  const id = useId();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = String(new FormData(event.currentTarget).get('node') ?? '').trim();
    const valid = /^https?:\/\/.+/.test(given) && URL.canParse(given);
    setInvalid(!valid);
    if (valid) setRpcUrl(given === ledger.rpcUrl ? null : given);
  };
  return (
    <form className="node" onSubmit={submit} noValidate>
      <label htmlFor={id}>{words.node}</label>
      <div className="node-row">
        <input
          id={id}
          key={rpcUrl}
          name="node"
          type="url"
          inputMode="url"
          defaultValue={rpcUrl}
          spellCheck={false}
          aria-invalid={invalid}
          aria-describedby={`${id}-hint`}
        />
        <button type="submit">{words.useNode}</button>
        {ledger.rpcUrl === null || rpcUrl === ledger.rpcUrl ? null : (
          <button type="button" className="quiet" onClick={() => setRpcUrl(null)}>
            {words.resetNode}
          </button>
        )}
      </div>
      <p id={`${id}-hint`} className={invalid ? 'invalid' : 'soft'} role={invalid ? 'alert' : undefined}>
        {invalid ? words.nodeInvalid : words.nodeHint}
      </p>
    </form>
  );
}
