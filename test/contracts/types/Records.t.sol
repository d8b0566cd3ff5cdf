// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { BalanceRecord, balanceAt } from "../../../contracts/types/BalanceRecord.sol";
import { DistributorRecord, distributorAt } from "../../../contracts/types/DistributorRecord.sol";
import { ReversalRecord, reversalAt } from "../../../contracts/types/ReversalRecord.sol";
import { SaleRecord, packSale, putSale, saleAt, saleIn } from "../../../contracts/types/SaleRecord.sol";
import { StandingRecord, standingAt } from "../../../contracts/types/StandingRecord.sol";
import { bound, eq } from "../Vm.sol";

/// @dev Reads records from real calldata.
contract RecordsReader {
    function sale(bytes calldata records, uint256 index) external pure returns (SaleRecord) {
        return saleAt(records, index);
    }

    function reversal(bytes calldata records, uint256 index) external pure returns (ReversalRecord) {
        return reversalAt(records, index);
    }

    function distributor(bytes calldata records, uint256 index) external pure returns (DistributorRecord) {
        return distributorAt(records, index);
    }

    function balance(bytes calldata records, uint256 index) external pure returns (BalanceRecord) {
        return balanceAt(records, index);
    }

    function standing(bytes calldata records, uint256 index) external pure returns (StandingRecord) {
        return standingAt(records, index);
    }
}

contract RecordsTest {
    RecordsReader private _reader = new RecordsReader();

    function testFuzz_SaleComesBack(
        uint256 class,
        uint256 seller,
        uint32 price,
        uint32 volume,
        uint8 before
    ) external view {
        class = bound(class, 0, 63);
        seller = bound(seller, 0, (1 << 26) - 1);
        bytes memory packed = abi.encodePacked(uint32((class << 26) | seller), price, volume);
        SaleRecord sale = _reader.sale(_among(packed, before), before);
        eq(sale.buyerClass(), class, "class");
        eq(sale.seller(), seller, "seller");
        eq(sale.price(), price, "price");
        eq(sale.volume(), volume, "volume");
    }

    function testFuzz_ReversalComesBack(uint32 index, uint32 price, uint32 volume, uint8 before) external view {
        bytes memory packed = abi.encodePacked(index, price, volume);
        ReversalRecord reversal = _reader.reversal(_among(packed, before), before);
        eq(reversal.index(), index, "index");
        eq(reversal.price(), price, "price");
        eq(reversal.volume(), volume, "volume");
    }

    function testFuzz_DistributorComesBack(uint32 id, uint32 sponsor, address wallet, uint8 before) external view {
        bytes memory packed = abi.encodePacked(id, sponsor, wallet);
        DistributorRecord distributor = _reader.distributor(_among(packed, before), before);
        eq(distributor.id(), id, "id");
        eq(distributor.sponsor(), sponsor, "sponsor");
        require(distributor.wallet() == wallet, "wallet");
    }

    function testFuzz_StandingComesBack(uint256 id, uint256 rank, uint256 status, uint8 before) external view {
        id = bound(id, 0, (1 << 26) - 1);
        rank = bound(rank, 0, 15);
        status = bound(status, 0, 3);
        bytes memory packed = abi.encodePacked(uint32((id << 6) | (rank << 2) | status));
        StandingRecord standing = _reader.standing(_among(packed, before), before);
        eq(standing.id(), id, "id");
        eq(standing.rank(), rank, "rank");
        eq(standing.status(), status, "status");
    }

    function testFuzz_BalanceComesBack(uint32 id, uint64 units, uint8 before) external view {
        BalanceRecord balance = _reader.balance(_among(abi.encodePacked(id, units), before), before);
        eq(balance.id(), id, "id");
        eq(balance.units(), units, "units");
    }

    /// @notice A sale put in place of another touches nothing around it, in memory and behind the end.
    function testFuzz_ASaleIsPutInItsPlace(uint96 given, uint32 price, uint32 volume, uint8 before) external pure {
        bytes memory packed = abi.encodePacked(given);
        bytes memory records = _among(packed, before);
        bytes memory behind = abi.encodePacked(keccak256(packed));
        SaleRecord sale = saleIn(records, before);
        eq(SaleRecord.unwrap(sale), given, "sale in memory");
        SaleRecord other = packSale(before % 3, uint256(given) % (1 << 26), price, volume);
        putSale(records, before, other);
        bytes memory wanted = _among(abi.encodePacked(SaleRecord.unwrap(other)), before);
        require(keccak256(records) == keccak256(wanted), "records");
        require(keccak256(behind) == keccak256(abi.encodePacked(keccak256(packed))), "what stands behind");
        uint256 lessPrice = uint256(given) % (uint256(price) + 1);
        uint256 lessVolume = uint256(given) % (uint256(volume) + 1);
        SaleRecord less = other.less(lessPrice, lessVolume);
        eq(less.price(), price - lessPrice, "price left");
        eq(less.volume(), volume - lessVolume, "volume left");
        eq(less.seller(), other.seller(), "seller");
        eq(less.buyerClass(), other.buyerClass(), "class");
    }

    /// @dev `packed` after `before` others and ahead of one more, all of ones.
    function _among(bytes memory packed, uint256 before) private pure returns (bytes memory all) {
        bytes memory other = new bytes(packed.length);
        for (uint256 i = 0; i < other.length; ++i) other[i] = 0xff;
        for (uint256 i = 0; i < before; ++i) all = bytes.concat(all, other);
        return bytes.concat(all, packed, other);
    }
}
