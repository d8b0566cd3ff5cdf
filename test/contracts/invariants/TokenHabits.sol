// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import { ILedgerCore } from "../../../contracts/interfaces/ILedgerCore.sol";
import { FalseDollar } from "../../../contracts/mocks/FalseDollar.sol";
import { FreezableDollar } from "../../../contracts/mocks/FreezableDollar.sol";
import { ReentrantDollar } from "../../../contracts/mocks/ReentrantDollar.sol";

/// @notice What a ledger's token does besides moving money.
enum Habit {
    /// Its issuer freezes wallets: transfers to them revert.
    Freezes,
    /// It burns a hundredth of every transfer, rounded up.
    TakesFees,
    /// It says `false` at times, and moves nothing.
    SaysFalse,
    /// It never says anything.
    SaysNothing,
    /// In the middle of a transfer it calls the ledger, and fails with that call.
    CallsBack
}

/// @notice The tokens of contracts/mocks, whatever they return.
interface IDollar {
    function mint(address to, uint256 amount) external;

    function approve(address spender, uint256 amount) external;

    function balanceOf(address account) external view returns (uint256);
}

/// @notice What is to be expected of the token.
abstract contract TokenHabits {
    IDollar public dollar;
    Habit internal immutable habit;
    /// The call that the token makes in the middle of the next transfer.
    bytes private _backCall;

    constructor(Habit habit_) {
        habit = habit_;
    }

    /// @dev Changes what the token does from now on to `wallet` or, by other habits, to all.
    function _spoil(address ledger, address wallet, bool on) internal {
        if (habit == Habit.Freezes) FreezableDollar(address(dollar)).setFrozen(wallet, on);
        if (habit == Habit.SaysFalse) FalseDollar(address(dollar)).setBroken(on);
        if (habit != Habit.CallsBack) return;
        _backCall = on ? abi.encodeCall(ILedgerCore.withdraw, (wallet)) : bytes("");
        ReentrantDollar(address(dollar)).callBack(on ? ledger : address(0), _backCall);
    }

    function _mint(address ledger, address to, uint256 amount) internal {
        bool isArmed = _backCall.length != 0;
        if (isArmed) ReentrantDollar(address(dollar)).callBack(address(0), "");
        dollar.mint(to, amount);
        if (isArmed) ReentrantDollar(address(dollar)).callBack(ledger, _backCall);
    }

    /// @dev Why the token would refuse a transfer to `to`; empty if it would not.
    function _tokenRefusal(address to) internal view returns (bytes memory) {
        if (habit == Habit.Freezes && FreezableDollar(address(dollar)).isFrozen(to)) {
            return abi.encodeWithSelector(FreezableDollar.Frozen.selector, to);
        }
        if (habit == Habit.SaysFalse && FalseDollar(address(dollar)).broken()) {
            return abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, dollar);
        }
        if (_backCall.length != 0) {
            return abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        }
        return "";
    }

    /// @dev What arrives of a transfer.
    function _arriving(uint256 amount) internal view returns (uint256) {
        return habit == Habit.TakesFees ? amount - (amount + 99) / 100 : amount;
    }

    function _tokenName() internal view returns (string memory) {
        if (habit == Habit.TakesFees) return "FeeDollar";
        if (habit == Habit.SaysFalse) return "FalseDollar";
        if (habit == Habit.SaysNothing) return "SilentDollar";
        return habit == Habit.CallsBack ? "ReentrantDollar" : "FreezableDollar";
    }
}
