// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerBase } from "./LedgerBase.sol";
import { ILedgerCore, RecorderState } from "../interfaces/ILedgerCore.sol";
import {
    Allowance,
    COUNT_ALLOWANCE,
    RETURNS_ALLOWANCE,
    RecorderWord,
    UNITS_ALLOWANCE
} from "../types/RecorderWord.sol";

/// @title LedgerRecorders
/// @notice What a recorder may still do.
abstract contract LedgerRecorders is LedgerBase, ILedgerCore {
    /// @inheritdoc ILedgerCore
    function recorderOf(address key) external view returns (RecorderState memory) {
        RecorderWord word = _recorders[key];
        uint256 period = _terms().capPeriod;
        return
            RecorderState({
                number: word.number(),
                sequence: word.sequence(),
                cap: word.cap(),
                countCap: word.countCap(),
                left: word.left(UNITS_ALLOWANCE, period),
                countLeft: word.left(COUNT_ALLOWANCE, period),
                returnsLeft: word.left(RETURNS_ALLOWANCE, period)
            });
    }

    /// @inheritdoc ILedgerCore
    function recorderKey(uint256 number) external view returns (address key, address standby) {
        if (number == 0 || number > _recorderKeys.length) revert UnknownRecorder(number);
        return (_recorderKeys[number - 1], _standbys[number]);
    }

    /// @dev Counts `count` distributors or sales.
    function _spendCount(RecorderWord word, uint256 period, uint256 count) internal view returns (RecorderWord) {
        (bool isLeft, RecorderWord spent) = word.spend(COUNT_ALLOWANCE, period, count);
        if (!isLeft) revert CountExceeded(word.left(COUNT_ALLOWANCE, period), count);
        return spent;
    }

    /// @dev Counts units: reserved, or freed by reversals. A stolen key can take back no more of its own sales than it
    /// could record.
    function _spendUnits(
        RecorderWord word,
        Allowance which,
        uint256 period,
        uint256 units
    ) internal view returns (RecorderWord) {
        (bool isLeft, RecorderWord spent) = word.spend(which, period, units);
        if (!isLeft) revert CapExceeded(word.left(which, period), units);
        return spent;
    }
}
