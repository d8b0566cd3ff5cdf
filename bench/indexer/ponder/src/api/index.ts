import { Hono } from 'hono';

/** Ponder requires an API; the bench does not use it. */
export default new Hono();
