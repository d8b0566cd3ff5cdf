// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { BatchModel } from "../BatchModel.sol";
import { LedgerTest } from "../LedgerTest.sol";
import { bound, vm } from "../Vm.sol";
import { ICommissionLedgerErrors } from "../../../contracts/interfaces/ICommissionLedgerErrors.sol";
import { ChunkReversals, ILedgerCore } from "../../../contracts/interfaces/ILedgerCore.sol";

/// @notice A recorder takes back what it says, and no other sale in the name of it.
contract LedgerSalesTest is LedgerTest {
    uint256 private constant START = 1_800_000_000;

    function setUp() external {
        vm.warp(START);
        _open(false, 14 days, new uint16[](3));
        ledger.enrol(_distributor(4, 0, _walletOf(4)));
    }

    /// @notice A batch of one leaf has no proof that would tie the leaf to its place: a reversal that names another place would
    /// be entered under the number of a sale, or of a batch, that is not there.
    function testFuzz_ALeafIsTakenForNoOther(uint256 count, uint256 chunk, uint256 index) external {
        count = bound(count, 1, 16);
        index = bound(index, 0, count - 1);
        // The last brings the number of the sale into another batch.
        chunk = chunk % 4 == 0 ? 4096 : bound(chunk, 1, type(uint32).max / 16);
        bytes memory sales = _record(count);
        ChunkReversals[] memory chunks = new ChunkReversals[](1);
        chunks[0] = BatchModel.reversalsIn(sales, 0, _reversal(16 * chunk + index, 100, 100));
        chunks[0].chunk = chunk;
        _expect(chunks, count, abi.encodeWithSelector(ICommissionLedgerErrors.BatchMismatch.selector, 1));
        chunks[0] = BatchModel.reversalsIn(sales, 0, _reversal(index, 100, 100));
        _expect(chunks, count, "");
    }

    /// @notice Nor is an inner node taken for records, whatever number of sales is named.
    function testFuzz_AnotherNumberOfSalesIsNoneOfTheBatch(uint256 count, uint256 named) external {
        count = bound(count, 17, 64);
        named = bound(named, 1, 1000);
        if (named == count) ++named;
        bytes memory sales = _record(count);
        ChunkReversals[] memory chunks = new ChunkReversals[](1);
        chunks[0] = BatchModel.reversalsIn(sales, 0, _reversal(3, 100, 100));
        _expect(chunks, named, abi.encodeWithSelector(ICommissionLedgerErrors.BatchMismatch.selector, 1));
        _expect(chunks, count, "");
    }

    function _record(uint256 count) private returns (bytes memory sales) {
        for (uint256 i = 0; i < count; ++i) sales = bytes.concat(sales, _sale(0, 4, 1000 + i, 1000));
        ledger.recordSales(sales, 1, 0, 1);
    }

    function _expect(ChunkReversals[] memory chunks, uint256 count, bytes memory refusal) private {
        (bool done, bytes memory reason) = address(ledger).call(
            abi.encodeCall(ILedgerCore.reverse, (1, 1, START, count, chunks))
        );
        require(done == (refusal.length == 0), "taken back or refused");
        require(done || keccak256(reason) == keccak256(refusal), "refused as it should be");
    }
}
