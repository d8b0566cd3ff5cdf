import { ApiError } from '../api/client.ts';
import { text } from '../text.ts';

/** An error in words: the gateway's title and detail if it gave any. */
export function Problem({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const { title, detail } = wordsOf(error);
  return (
    <div className="problem" role="alert">
      <strong>{title}</strong>
      {detail ? <p>{detail}</p> : null}
      {retry ? (
        <button type="button" className="quiet" onClick={retry}>
          {text.retry}
        </button>
      ) : null}
    </div>
  );
}

function wordsOf(error: unknown): { title: string; detail: string } {
  if (error instanceof ApiError) {
    if (error.status === 0) return { title: text.problem.noAnswer, detail: text.problem.noAnswerDetail };
    return { title: error.title, detail: error.detail };
  }
  const { shortMessage, message } = error as { shortMessage?: string; message?: string };
  if (shortMessage) return { title: text.problem.chain, detail: shortMessage };
  return { title: text.problem.unexpected, detail: message ?? String(error) };
}
