// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice The cheapest way to send one token to many with no tree and no plan: the caller says who gets what.
/// @dev It holds the tokens, so that each payment is one `transfer`. Between the calls only two fields change.
contract Multisend {
    error TransferFailed(uint256 index);

    /// @param payments 32 bytes each: payee (20) | amount (12).
    function send(address token, uint256[] calldata payments) external {
        uint256 count = payments.length;
        uint256 i = 0;
        assembly ("memory-safe") {
            let data := mload(0x40)
            mstore(data, shl(224, 0xa9059cbb))
            for {} lt(i, count) { i := add(i, 1) } {
                let payment := calldataload(add(payments.offset, shl(5, i)))
                mstore(add(data, 4), shr(96, payment))
                mstore(add(data, 36), and(payment, 0xffffffffffffffffffffffff))
                // The call comes before the check of its answer: arguments are evaluated from the last to the first.
                if iszero(and(eq(mload(0), 1), call(gas(), token, 0, data, 68, 0, 32))) { break }
            }
        }
        if (i < count) revert TransferFailed(i);
    }
}
