/** The real local chain that tests run on. */
export { type Anvil, startAnvil } from '../../scripts/stack/anvil.ts';
