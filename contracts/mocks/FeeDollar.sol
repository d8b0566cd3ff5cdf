// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { TestDollar } from "./TestDollar.sol";

/// @title FeeDollar
/// @notice A token that burns 1% of every transfer, and all of a transfer of one base unit.
contract FeeDollar is TestDollar {
    constructor(uint8 decimalPlaces) TestDollar(decimalPlaces) {}

    function _update(address from, address to, uint256 value) internal override {
        uint256 fee = from == address(0) || to == address(0) ? 0 : (value + 99) / 100;
        if (fee != 0) super._update(from, address(0), fee);
        super._update(from, to, value - fee);
    }
}
