// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { BatchTree } from "../../../contracts/libraries/BatchTree.sol";
import { BatchModel } from "../BatchModel.sol";
import { bound } from "../Vm.sol";

/// @dev The tree from real calldata.
contract BatchTreeReader {
    function rootOf(bytes calldata records) external pure returns (bytes32) {
        return BatchTree.rootOf(records);
    }

    function replaceLeaf(
        uint256 count,
        uint256 index,
        bytes32 leaf,
        bytes32 newLeaf,
        bytes32[] calldata proof
    ) external pure returns (bytes32, bytes32) {
        return BatchTree.replaceLeaf(count, index, leaf, newLeaf, proof);
    }
}

contract BatchTreeTest {
    uint256 private constant MAX_SALES = 1000;

    BatchTreeReader private _tree = new BatchTreeReader();

    function test_RootsOfAllSizesAreTheModels() external view {
        for (uint256 count = 1; count <= MAX_SALES; ++count) this.checkRoot(count);
    }

    /// @notice Every leaf of trees of all numbers of leaves: its own proof holds and gives the root with another in its place.
    function test_EveryLeafOfEveryTreeIsProvenAndReplaced() external view {
        for (uint256 leaves = 1; leaves <= 63; ++leaves) {
            uint256 count = leaves == 63 ? MAX_SALES : leaves * 16 - (leaves % 16);
            for (uint256 index = 0; index < leaves; ++index) this.checkLeaf(count, index, leaves);
        }
    }

    function testFuzz_AnySizeAndLeaf(uint256 count, uint256 index, uint256 seed) external view {
        count = bound(count, 1, MAX_SALES);
        this.checkLeaf(count, bound(index, 0, (count - 1) / 16), seed);
    }

    function testFuzz_AWrongProofProvesNothing(uint256 count, uint256 index, uint256 seed) external view {
        count = bound(count, 1, MAX_SALES);
        uint256 leaves = (count + 15) / 16;
        index = bound(index, 0, leaves - 1);
        bytes memory records = _records(count, seed);
        bytes32 root = BatchModel.rootOf(records);
        bytes32 leaf = BatchModel.leavesOf(records)[index];
        bytes32[] memory proof = BatchModel.proofOf(records, index);

        _expectWrong(root, count, index, keccak256("another leaf"), proof);
        // Other places, one past the last and far away ones included.
        _expectWrong(root, count, index ^ 1, leaf, proof);
        _expectWrong(root, count, leaves, leaf, proof);
        _expectWrong(root, count, index + (1 + (seed % 1000)) * leaves, leaf, proof);
        if (proof.length == 0) return;
        proof[seed % proof.length] ^= bytes32(uint256(1) << (seed % 256));
        _expectWrong(root, count, index, leaf, proof);
        bytes32[] memory short = new bytes32[](proof.length - 1);
        (bytes32 before, bytes32 replaced) = _tree.replaceLeaf(count, index, leaf, leaf, short);
        require(before == 0 && replaced == 0, "a proof that is too short");
    }

    function _expectWrong(
        bytes32 root,
        uint256 count,
        uint256 index,
        bytes32 leaf,
        bytes32[] memory proof
    ) private view {
        (bytes32 before, ) = _tree.replaceLeaf(count, index, leaf, leaf, proof);
        require(before != root, "a wrong proof");
    }

    /// @dev Calls of their own, so that the memory of a thousand trees is not all there at once.
    function checkRoot(uint256 count) external view {
        bytes memory records = _records(count, count);
        require(_tree.rootOf(records) == BatchModel.rootOf(records), "root");
    }

    function checkLeaf(uint256 count, uint256 index, uint256 seed) external view {
        bytes memory records = _records(count, seed);
        bytes32 leaf = BatchModel.leavesOf(records)[index];
        bytes32[] memory proof = BatchModel.proofOf(records, index);
        bytes32 root = BatchModel.rootOf(records);
        records[index * BatchModel.CHUNK_BYTES] ^= 0x01;
        bytes32 newLeaf = BatchModel.leavesOf(records)[index];
        (bytes32 before, bytes32 replaced) = _tree.replaceLeaf(count, index, leaf, newLeaf, proof);
        require(before == root, "root before");
        require(replaced == BatchModel.rootOf(records), "root after");
    }

    function _records(uint256 count, uint256 seed) private pure returns (bytes memory records) {
        records = new bytes(count * 12);
        for (uint256 from = 0; from < records.length; from += 32) {
            bytes32 word = keccak256(abi.encode(seed, from));
            uint256 size = records.length - from;
            for (uint256 i = 0; i < 32 && i < size; i += 11) records[from + i] = word[i];
        }
    }
}
