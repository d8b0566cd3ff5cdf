// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { ERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import { ERC3009 } from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";

/// @title TestDollar
/// @notice A stablecoin for local chains and tests, with EIP-2612 and EIP-3009 as the real ones: anyone can mint.
contract TestDollar is ERC20("Test Dollar", "TUSD"), ERC20Permit("Test Dollar"), ERC3009 {
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
