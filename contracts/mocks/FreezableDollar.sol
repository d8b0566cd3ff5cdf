// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { TestDollar } from "./TestDollar.sol";

/// @title FreezableDollar
/// @notice A token whose issuer can freeze a wallet: transfers to it revert.
contract FreezableDollar is TestDollar {
    error Frozen(address wallet);

    mapping(address wallet => bool) public isFrozen;

    constructor(uint8 decimalPlaces) TestDollar(decimalPlaces) {}

    function setFrozen(address wallet, bool value) external {
        isFrozen[wallet] = value;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (isFrozen[to]) revert Frozen(to);
        super._update(from, to, value);
    }
}
