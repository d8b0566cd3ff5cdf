/** The plumb bob. */
export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 24 32" width="18" height="24" aria-hidden="true" focusable="false">
      <path d="M12 0v14" fill="none" stroke="currentColor" strokeWidth="2" />
      <path d="M5 14h14l-2.2 8L12 32l-4.8-10z" fill="currentColor" />
    </svg>
  );
}
