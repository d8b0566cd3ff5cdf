// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { Address } from "@openzeppelin/contracts/utils/Address.sol";

import { TestDollar } from "./TestDollar.sol";

/// @title ReentrantDollar
/// @notice A token that calls another contract back in the middle of a transfer, once, and passes on what that call
/// says.
contract ReentrantDollar is TestDollar {
    address private _target;
    bytes private _call;

    constructor(uint8 decimalPlaces) TestDollar(decimalPlaces) {}

    function callBack(address target, bytes calldata data) external {
        _target = target;
        _call = data;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        address target = _target;
        if (target == address(0)) return;
        _target = address(0);
        Address.functionCall(target, _call);
    }
}
