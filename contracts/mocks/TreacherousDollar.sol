// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { TestDollar } from "./TestDollar.sol";

/// @title TreacherousDollar
/// @notice A token that in the middle of a transfer calls another contract, once, whatever comes of it; and that may
/// then return `false` for the transfer, having moved nothing.
contract TreacherousDollar is TestDollar {
    address private _target;
    bytes private _call;
    bool private _refuses;

    /// What came of the call.
    bool public succeeded;
    bytes public answer;

    constructor(uint8 decimalPlaces) TestDollar(decimalPlaces) {}

    function plot(address target, bytes calldata data, bool refuses) external {
        (_target, _call, _refuses) = (target, data, refuses);
    }

    function transfer(address to, uint256 value) public override returns (bool) {
        _betray();
        return !_refuses && super.transfer(to, value);
    }

    function transferFrom(address from, address to, uint256 value) public override returns (bool) {
        _betray();
        return !_refuses && super.transferFrom(from, to, value);
    }

    function _betray() private {
        address target = _target;
        if (target == address(0)) return;
        _target = address(0);
        (succeeded, answer) = target.call(_call);
    }
}
