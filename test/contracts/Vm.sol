// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice The few cheat codes of the test runner that the tests use.
interface Vm {
    function getCode(string calldata artifactPath) external view returns (bytes memory creationCode);

    function warp(uint256 timestamp) external;
    function prank(address sender) external;
    function addr(uint256 key) external pure returns (address);
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function snapshotGasLastCall(string calldata group, string calldata name) external returns (uint256 gasUsed);
}

Vm constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

/// @dev The inputs given to a fuzz test, brought into the range it is about.
function bound(uint256 value, uint256 least, uint256 most) pure returns (uint256) {
    if (value >= least && value <= most) return value;
    return least + (value % (most - least + 1));
}

function eq(uint256 given, uint256 wanted, string memory name) pure {
    // A message given to `require` would be put together every time.
    if (given != wanted) revert(string.concat(name, ": ", decimal(given), " is not ", decimal(wanted)));
}

function decimal(uint256 value) pure returns (string memory text) {
    if (value == 0) return "0";
    for (; value != 0; value /= 10) text = string.concat(string(abi.encodePacked(uint8(48 + (value % 10)))), text);
}
