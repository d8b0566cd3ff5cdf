// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerTest } from "../LedgerTest.sol";
import { eq, vm } from "../Vm.sol";
import { ICommissionLedgerErrors } from "../../../contracts/interfaces/ICommissionLedgerErrors.sol";
import { ILedgerChanges } from "../../../contracts/interfaces/ILedgerChanges.sol";

/// @notice Nothing is credited to a lane whose distributor has moved: what stands in place of a balance there is an id.
/// @dev The other callers of a credit are the walks; see test/contracts/libraries/Commission.t.sol.
contract LedgerNoticesTest is LedgerTest {
    uint256 private constant LEFT = 8;
    uint256 private constant OLD = 5;
    uint256 private constant NEW = 12;

    function setUp() external {
        vm.warp(1_800_000_000);
        _open(false, 0, new uint16[](3));
        _fund(1 << 40);
        ledger.enrol(
            bytes.concat(
                _distributor(4, 0, _walletOf(4)),
                _distributor(OLD, 4, _walletOf(OLD)),
                _distributor(LEFT, 0, _walletOf(LEFT))
            )
        );
        ledger.correctSponsor(OLD, _walletOf(OLD), LEFT, "moved");
        vm.prank(_walletOf(LEFT));
        ledger.leaveProgramme();
        eq(ledger.movedTo(OLD), NEW, "moved");
    }

    function testFuzz_NobodyIsCreditedUnderAnOldId(uint40 units) external {
        bytes memory refusal = abi.encodeWithSelector(ICommissionLedgerErrors.DistributorGone.selector, OLD);
        _expect(OLD, uint256(units) + 1, refusal);
        refusal = abi.encodeWithSelector(ICommissionLedgerErrors.DistributorGone.selector, LEFT);
        _expect(LEFT, uint256(units) + 1, refusal);
        if (uint256(units) + 1 <= 1 << 40) _expect(NEW, uint256(units) + 1, "");
        eq(ledger.movedTo(OLD), NEW, "still moved");
        eq(ledger.owedTo(_walletOf(OLD)), units == type(uint40).max ? 1 << 40 : uint256(units) + 1, "owed");
    }

    function _expect(uint256 id, uint256 units, bytes memory refusal) private {
        bytes memory records = abi.encodePacked(uint32(id), uint64(units));
        (bool done, bytes memory reason) = address(ledger).call(
            abi.encodeCall(ILedgerChanges.openBalances, (records, 0))
        );
        require(done == (refusal.length == 0), "opened or refused");
        require(done || keccak256(reason) == keccak256(refusal), "refused as it should be");
    }
}
