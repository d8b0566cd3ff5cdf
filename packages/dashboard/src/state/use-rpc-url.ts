import { useState } from 'react';

const KEY = 'plumbline.rpcUrl';

/** The node that the reader chose, kept in this browser; null if they chose none. */
export function useRpcUrl(): [string | null, (url: string | null) => void] {
  const [url, setUrl] = useState(remembered);
  const choose = (chosen: string | null) => {
    setUrl(chosen);
    try {
      if (chosen === null) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, chosen);
    } catch {
      // Without storage the choice lasts until the page is closed.
    }
  };
  return [url, choose];
}

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
