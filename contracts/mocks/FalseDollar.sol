// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { TestDollar } from "./TestDollar.sol";

/// @title FalseDollar
/// @notice A token that, once broken, moves nothing and says so with `false` instead of a revert.
contract FalseDollar is TestDollar {
    bool public broken;

    constructor(uint8 decimalPlaces) TestDollar(decimalPlaces) {}

    function setBroken(bool value) external {
        broken = value;
    }

    function transfer(address to, uint256 value) public override returns (bool) {
        return !broken && super.transfer(to, value);
    }

    function transferFrom(address from, address to, uint256 value) public override returns (bool) {
        return !broken && super.transferFrom(from, to, value);
    }
}
