import { network } from 'hardhat';

/** The one simulated chain that every file of contract tests shares; `loadFixture` keeps the tests apart. */
export const { ethers, networkHelpers } = await network.create();
export const { loadFixture, time } = networkHelpers;

export const HOUR = 3600;
export const DAY = 24 * HOUR;
