// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { ChunkReversals } from "../../contracts/interfaces/ILedgerCore.sol";

/// @notice The tree over a batch's records, built the plain way: all nodes of a level, then those of the next.
library BatchModel {
    uint256 internal constant CHUNK_BYTES = 192;

    /// @notice The root over all records.
    function rootOf(bytes memory records) internal pure returns (bytes32) {
        bytes32[] memory nodes = leavesOf(records);
        while (nodes.length > 1) nodes = _above(nodes);
        return nodes[0];
    }

    /// @notice The siblings of leaf `index` from the leaf up.
    function proofOf(bytes memory records, uint256 index) internal pure returns (bytes32[] memory proof) {
        bytes32[] memory nodes = leavesOf(records);
        bytes32[] memory found = new bytes32[](32);
        uint256 count = 0;
        for (; nodes.length > 1; nodes = _above(nodes)) {
            uint256 sibling = index % 2 == 0 ? index + 1 : index - 1;
            if (sibling < nodes.length) found[count++] = nodes[sibling];
            index /= 2;
        }
        proof = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) proof[i] = found[i];
    }

    /// @notice The records of leaf `index`.
    function chunkOf(bytes memory records, uint256 index) internal pure returns (bytes memory) {
        uint256 from = index * CHUNK_BYTES;
        uint256 until = from + CHUNK_BYTES < records.length ? from + CHUNK_BYTES : records.length;
        bytes memory chunk = new bytes(until - from);
        for (uint256 i = from; i < until; ++i) chunk[i - from] = records[i];
        return chunk;
    }

    /// @notice What `reverse` takes for reversals that all stand in leaf `index`.
    function reversalsIn(
        bytes memory records,
        uint256 index,
        bytes memory reversals
    ) internal pure returns (ChunkReversals memory) {
        return ChunkReversals(index, chunkOf(records, index), proofOf(records, index), reversals);
    }

    function leavesOf(bytes memory records) internal pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[]((records.length + CHUNK_BYTES - 1) / CHUNK_BYTES);
        for (uint256 i = 0; i < leaves.length; ++i) {
            uint256 from = i * CHUNK_BYTES;
            uint256 size = records.length - from < CHUNK_BYTES ? records.length - from : CHUNK_BYTES;
            bytes32 leaf;
            assembly ("memory-safe") {
                leaf := keccak256(add(add(records, 32), from), size)
            }
            leaves[i] = leaf;
        }
    }

    function _above(bytes32[] memory nodes) private pure returns (bytes32[] memory above) {
        above = new bytes32[]((nodes.length + 1) / 2);
        for (uint256 i = 0; i < above.length; ++i) {
            above[i] =
                2 * i + 1 < nodes.length ? keccak256(abi.encodePacked(nodes[2 * i], nodes[2 * i + 1])) : nodes[2 * i];
        }
    }
}
