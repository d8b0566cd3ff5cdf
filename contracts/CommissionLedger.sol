// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { Initializable } from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";

import { ILedgerCore, LedgerTerms } from "./interfaces/ILedgerCore.sol";
import { LedgerMoney } from "./ledger/LedgerMoney.sol";
import { LedgerDistributors } from "./ledger/LedgerDistributors.sol";
import { LedgerSales } from "./ledger/LedgerSales.sol";
import { Totals } from "./types/Totals.sol";

/// @title CommissionLedger
/// @notice One company's commission programme. The manual is interfaces/ICommissionLedger.sol.
/// @dev This contract is only the code; ledgers are clones that LedgerFactory makes, with their fixed terms in their
/// own code and no way to change either. All other calls go on to LedgerPowers, whose address is fixed in this
/// contract's code.
contract CommissionLedger is LedgerDistributors, LedgerSales, LedgerMoney, Initializable {
    address private immutable _powers;

    constructor(address powers) {
        _powers = powers;
        // LedgerPowers runs on this storage, so it is here that initializing must be blocked: only clones are ledgers.
        _disableInitializers();
    }

    /// @inheritdoc ILedgerCore
    function head() external view returns (bytes32) {
        return _head;
    }

    /// @inheritdoc ILedgerCore
    function entryCount() external view returns (uint256) {
        return _totals.entries();
    }

    /// @inheritdoc ILedgerCore
    function terms() external view returns (LedgerTerms memory) {
        return _terms();
    }

    /// @inheritdoc ILedgerCore
    function counts() external view returns (uint256 batches, uint256 fragments, uint256 plans) {
        Totals totals = _totals;
        return (totals.batches(), totals.fragments(), totals.plans());
    }

    /// @dev Every other call goes to LedgerPowers, which runs on this storage. Neither part takes ether.
    // solhint-disable-next-line no-complex-fallback
    fallback() external {
        address powers = _powers;
        assembly ("memory-safe") {
            let data := mload(0x40)
            calldatacopy(data, 0, calldatasize())
            let done := delegatecall(gas(), powers, data, calldatasize(), 0, 0)
            returndatacopy(data, 0, returndatasize())
            if iszero(done) {
                revert(data, returndatasize())
            }
            return(data, returndatasize())
        }
    }
}
