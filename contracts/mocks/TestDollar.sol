// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title TestDollar
/// @notice A stablecoin for local chains and tests: anyone can mint.
contract TestDollar is ERC20("Test Dollar", "TUSD") {
    uint8 private immutable _decimals;

    constructor(uint8 decimalPlaces) {
        _decimals = decimalPlaces;
    }

    function decimals() public view override returns (uint8) {
        return _decimals;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
