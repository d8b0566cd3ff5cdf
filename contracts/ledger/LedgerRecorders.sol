// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerBase, RecorderGrant } from "./LedgerBase.sol";
import { ILedgerCore } from "../interfaces/ILedgerCore.sol";

/// @title LedgerRecorders
/// @notice What a recorder may still do in the present period.
abstract contract LedgerRecorders is LedgerBase, ILedgerCore {
    /// @inheritdoc ILedgerCore
    function recorderOf(address recorder) external view returns (uint256 cap, uint256 left) {
        RecorderGrant memory grant = _grantNow(recorder);
        // A cap lowered below what was spent leaves nothing.
        return (grant.cap, grant.spent < grant.cap ? grant.cap - grant.spent : 0);
    }

    /// @dev Counts `needed` units reserved against the caller's cap of the present period.
    function _spendCap(uint256 needed) internal {
        RecorderGrant memory grant = _grantNow(msg.sender);
        grant.spent = _spend(grant.spent, needed, grant.cap);
        _recorders[msg.sender] = grant;
    }

    /// @dev Counts `released` units freed by reversals against the same cap: a stolen key can take back no more of
    /// other distributors' sales than it could have recorded.
    function _spendReversal(uint256 released) internal {
        RecorderGrant memory grant = _grantNow(msg.sender);
        grant.freed = _spend(grant.freed, released, grant.cap);
        _recorders[msg.sender] = grant;
    }

    /// @dev The grant with its counters of the present period.
    function _grantNow(address recorder) private view returns (RecorderGrant memory grant) {
        grant = _recorders[recorder];
        uint40 period = uint40(block.timestamp / _terms().capPeriod);
        if (grant.period != period) (grant.period, grant.spent, grant.freed) = (period, 0, 0);
    }

    function _spend(uint64 counter, uint256 amount, uint64 cap) private pure returns (uint64) {
        uint256 left = counter < cap ? cap - counter : 0;
        if (amount > left) revert CapExceeded(left, amount);
        // At most the cap.
        return counter + uint64(amount);
    }
}
