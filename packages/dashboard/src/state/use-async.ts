import { useEffect, useEffectEvent, useState } from 'react';

/** A value that is loading or loaded. It stays until another one is asked for. */
export interface Loaded<T> {
  value: T | undefined;
  /** Of the last attempt. */
  error: unknown;
  again: () => void;
}

interface Held<T> {
  key: string;
  attempt: number;
  value?: T | undefined;
  error?: unknown;
}

/**
 * Loads a value and keeps it.
 * @param key Identifies the value. A new key drops the old value and loads again.
 * @param pollMs Time after an answer to the next request, while the page is visible; 0 for no more.
 */
export function useAsync<T>(key: string, load: (signal: AbortSignal) => Promise<T>, pollMs = 0): Loaded<T> {
  const [attempt, setAttempt] = useState(0);
  const [held, setHeld] = useState<Held<T>>({ key, attempt });
  const loadNow = useEffectEvent(load);

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const keep = (value: T | undefined, error: unknown) => {
      if (signal.aborted) return;
      // A failure keeps what was loaded before.
      setHeld((old) => ({ key, attempt, value: value ?? (old.key === key ? old.value : undefined), error }));
      if (pollMs > 0) timer = setTimeout(ask, pollMs);
    };
    const ask = () => {
      if (document.hidden && pollMs > 0) timer = setTimeout(ask, pollMs);
      else
        loadNow(signal).then(
          (value) => keep(value, undefined),
          (error) => keep(undefined, error),
        );
    };
    ask();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [key, attempt, pollMs]);

  return {
    value: held.key === key ? held.value : undefined,
    error: held.key === key && held.attempt === attempt ? held.error : undefined,
    again: () => setAttempt((n) => n + 1),
  };
}
