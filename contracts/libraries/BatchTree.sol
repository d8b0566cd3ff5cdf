// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title BatchTree
/// @notice The Merkle root over a batch's records as they are now, so that a return need not bring the whole batch.
/// @dev A leaf is keccak256 of the records of 16 sales (fewer in the last), an inner node keccak256 of its two children; the
/// last node of a level with an odd number of them goes up as it is. A leaf is the hash of a multiple of 12 bytes and a
/// node that of 64, so neither can stand for the other. The number of sales stands beside the root wherever it is kept.
/// TypeScript twin: packages/protocol/src/rules/batch-tree.ts
library BatchTree {
    /// @notice Sales to a leaf. With 16 a return of one sale carries about as much of records as of proof.
    uint256 internal constant CHUNK_SALES = 16;
    uint256 private constant CHUNK_BYTES = 192;

    /// @notice The root over all records.
    function rootOf(bytes calldata records) internal pure returns (bytes32 root) {
        assembly ("memory-safe") {
            // Past the end of what is allocated; nothing of it is kept.
            let data := mload(0x40)
            let size := records.length
            calldatacopy(data, records.offset, size)
            // Nodes are written over records that are hashed already.
            let nodes := data
            for {
                let done := 0
            } lt(done, size) {
                done := add(done, CHUNK_BYTES)
            } {
                let rest := sub(size, done)
                if gt(rest, CHUNK_BYTES) {
                    rest := CHUNK_BYTES
                }
                mstore(nodes, keccak256(add(data, done), rest))
                nodes := add(nodes, 32)
            }
            for {
                let count := shr(5, sub(nodes, data))
            } gt(count, 1) {
                count := shr(1, add(count, 1))
            } {
                let to := data
                let from := data
                for {
                    let end := add(data, shl(6, shr(1, count)))
                } lt(from, end) {
                    from := add(from, 64)
                } {
                    mstore(to, keccak256(from, 64))
                    to := add(to, 32)
                }
                if and(count, 1) {
                    mstore(to, mload(from))
                }
            }
            root := mload(data)
        }
    }

    /// @notice The root with leaf `leaf` at `index`, and with `newLeaf` in its place.
    /// @param count Sales of the batch.
    /// @param proof The siblings from the leaf up; a node without one has no place in it.
    function replaceLeaf(
        uint256 count,
        uint256 index,
        bytes32 leaf,
        bytes32 newLeaf,
        bytes32[] calldata proof
    ) internal pure returns (bytes32, bytes32) {
        uint256 used = 0;
        uint256 nodes = _chunks(count);
        // In a tree of one leaf nothing else ties the leaf to its place.
        if (index >= nodes) return (0, 0);
        for (; nodes > 1; nodes = (nodes + 1) / 2) {
            if (index ^ 1 < nodes) {
                // A proof that is too short proves nothing.
                if (used == proof.length) return (0, 0);
                bytes32 sibling = proof[used++];
                (leaf, newLeaf) = index & 1 == 0
                    ? (_hashPair(leaf, sibling), _hashPair(newLeaf, sibling))
                    : (_hashPair(sibling, leaf), _hashPair(sibling, newLeaf));
            }
            index /= 2;
        }
        return (leaf, newLeaf);
    }

    /// @notice Leaves of a batch with `count` sales.
    function _chunks(uint256 count) private pure returns (uint256) {
        return (count + CHUNK_SALES - 1) / CHUNK_SALES;
    }

    function _hashPair(bytes32 left, bytes32 right) private pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            mstore(0, left)
            mstore(32, right)
            hash := keccak256(0, 64)
        }
    }
}
