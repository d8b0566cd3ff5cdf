// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import { LedgerBase } from "./LedgerBase.sol";
import { ICommissionLedger, LedgerTerms } from "../interfaces/ICommissionLedger.sol";
import { Journal } from "../libraries/Journal.sol";
import { Fragment, ID_MASK, fragmentOf, laneOf } from "../types/Fragment.sol";
import { MAX_CUSTODY, Totals } from "../types/Totals.sol";

/// @title LedgerMoney
/// @notice Tokens in, to cover sales, and out, to the people they are owed to.
abstract contract LedgerMoney is LedgerBase, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @inheritdoc ICommissionLedger
    function fund(uint256 units) external nonReentrant returns (uint256 received) {
        LedgerTerms memory fixedTerms = _terms();
        IERC20 token = IERC20(fixedTerms.token);
        if (units > MAX_CUSTODY) revert CustodyLimit(units, MAX_CUSTODY);
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), units * fixedTerms.unit);
        // What arrived counts, not what was sent: a token may take a fee.
        received = (token.balanceOf(address(this)) - before) / fixedTerms.unit;
        if (received == 0) revert NothingReceived();

        Totals totals = _totalsWithRoom();
        uint256 custody = totals.floatUnits() + totals.reservedUnits() + totals.owedUnits() + received;
        if (custody > MAX_CUSTODY) revert CustodyLimit(custody, MAX_CUSTODY);
        bytes32 newHead = Journal.floatFunded(_head, msg.sender, received);
        _commit(newHead, totals.deposit(received), 1);
        emit FloatFunded(msg.sender, received, newHead);
    }

    /// @inheritdoc ICommissionLedger
    function withdraw(address wallet) external nonReentrant returns (uint256 units) {
        uint256 id = _wallets[wallet] & ID_MASK;
        if (id == 0) revert UnknownWallet(wallet);
        Fragment fragment = _fragments[fragmentOf(id)];
        units = fragment.balanceOf(laneOf(id));
        if (units == 0) revert NothingOwed(wallet);

        _fragments[fragmentOf(id)] = fragment.debitAll(laneOf(id));
        bytes32 newHead = Journal.payout(_head, id, wallet, units);
        _commit(newHead, _totals.disburse(units), 1);
        emit Payout(id, wallet, units, newHead);

        LedgerTerms memory fixedTerms = _terms();
        IERC20(fixedTerms.token).safeTransfer(wallet, units * fixedTerms.unit);
    }

    /// @inheritdoc ICommissionLedger
    function solvency() external view returns (uint256 held, uint256 free, uint256 reserved, uint256 owed) {
        LedgerTerms memory fixedTerms = _terms();
        Totals totals = _totals;
        held = IERC20(fixedTerms.token).balanceOf(address(this)) / fixedTerms.unit;
        return (held, totals.floatUnits(), totals.reservedUnits(), totals.owedUnits());
    }
}
