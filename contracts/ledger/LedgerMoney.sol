// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import { LedgerBase } from "./LedgerBase.sol";
import { ILedgerCore, LedgerTerms } from "../interfaces/ILedgerCore.sol";
import { Journal } from "../libraries/Journal.sol";
import { Fragment, fragmentOf, laneOf } from "../types/Fragment.sol";
import { MAX_CUSTODY, Totals } from "../types/Totals.sol";
import { WalletWord } from "../types/WalletWord.sol";

/// @title LedgerMoney
/// @notice Tokens in, to cover sales, and out, to the distributors they are owed to.
abstract contract LedgerMoney is LedgerBase, ILedgerCore {
    using SafeERC20 for IERC20;

    /// @inheritdoc ILedgerCore
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
        uint256 custody = totals.float() + totals.reserved() + totals.owed() + received;
        if (custody > MAX_CUSTODY) revert CustodyLimit(custody, MAX_CUSTODY);
        bytes32 newHead = Journal.floatFunded(_head, msg.sender, received);
        _commitGuarded(newHead, totals.deposit(received), 1);
        emit FloatFunded(msg.sender, received, newHead);
    }

    /// @inheritdoc ILedgerCore
    function sweep() external nonReentrant returns (uint256 units) {
        LedgerTerms memory fixedTerms = _terms();
        Totals totals = _totalsWithRoom();
        uint256 custody = totals.float() + totals.reserved() + totals.owed();
        uint256 held = IERC20(fixedTerms.token).balanceOf(address(this)) / fixedTerms.unit;
        if (held <= custody) revert NothingReceived();
        if (held > MAX_CUSTODY) revert CustodyLimit(held, MAX_CUSTODY);
        units = held - custody;
        bytes32 newHead = Journal.surplusSwept(_head, units);
        _commitGuarded(newHead, totals.deposit(units), 1);
        emit SurplusSwept(units, newHead);
    }

    /// @inheritdoc ILedgerCore
    function withdraw(address wallet) external nonReentrant returns (uint256 units) {
        WalletWord word = _wallets[wallet];
        (uint256 id, Fragment fragment) = _accountOf(word);
        if (id == 0) revert UnknownWallet(wallet);
        if (word.heldUntil() > block.timestamp) revert PayoutHeld(wallet, word.heldUntil());
        units = fragment.balanceOf(laneOf(id));
        if (units == 0) revert NothingOwed(wallet);

        _fragments[fragmentOf(id)] = fragment.debitAll(laneOf(id));
        bytes32 newHead = Journal.payout(_head, id, wallet, units);
        _commitGuarded(newHead, _totals.disburse(units), 1);
        emit Payout(id, wallet, units, newHead);

        LedgerTerms memory fixedTerms = _terms();
        IERC20(fixedTerms.token).safeTransfer(wallet, units * fixedTerms.unit);
    }

    /// @inheritdoc ILedgerCore
    function payOut(address[] calldata wallets) external nonReentrant returns (uint256 paid) {
        LedgerTerms memory fixedTerms = _terms();
        IERC20 token = IERC20(fixedTerms.token);
        for (uint256 i = 0; i < wallets.length; ++i) {
            address wallet = wallets[i];
            // A wallet that belongs to no distributor, id 0, is owed nothing. Its owner may have just left it for
            // another to make this call fail.
            WalletWord word = _wallets[wallet];
            (uint256 id, Fragment fragment) = _accountOf(word);
            uint256 units = fragment.balanceOf(laneOf(id));
            if (units == 0 || word.heldUntil() > block.timestamp) {
                emit PayoutSkipped(id, wallet, units);
                continue;
            }
            // Whoever the token calls finds the debt gone and cannot change anything.
            _fragments[fragmentOf(id)] = fragment.debitAll(laneOf(id));
            if (token.trySafeTransfer(wallet, units * fixedTerms.unit)) {
                bytes32 newHead = Journal.payout(_head, id, wallet, units);
                _commitGuarded(newHead, _totals.disburse(units), 1);
                emit Payout(id, wallet, units, newHead);
                paid += units;
            } else {
                _fragments[fragmentOf(id)] = fragment;
                emit PayoutSkipped(id, wallet, units);
            }
        }
    }

    /// @inheritdoc ILedgerCore
    function solvency() external view returns (uint256 held, uint256 free, uint256 reserved, uint256 owed) {
        LedgerTerms memory fixedTerms = _terms();
        Totals totals = _totals;
        held = IERC20(fixedTerms.token).balanceOf(address(this)) / fixedTerms.unit;
        return (held, totals.float(), totals.reserved(), totals.owed());
    }
}
