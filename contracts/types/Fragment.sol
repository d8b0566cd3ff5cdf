// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Fragment
/// @notice Up to four people of the sponsor tree, with their balances, in one storage word.
/// @dev The EVM charges about 5,000 gas for each changed slot, so paying ten levels from ten slots can never cost less
/// than 50,000. A connected piece of the tree in one word makes most steps up the tree free, because the word that has
/// to be written anyway also says who comes next.
///
/// Bits, from the lowest:
///
///     lane 0..3, 56 bits each:  balance (50) | rank (4) | status (2)
///     224..249                  sponsor of lane 0: an id of another fragment, or 0 for a root
///     250..251                  not used: lane 1 can only be sponsored by lane 0
///     252..253                  sponsor of lane 2: lane 0 or 1
///     254..255                  sponsor of lane 3: lane 0, 1 or 2
///
/// A person's id is `fragment << 2 | lane`. Fragment 0 stays empty, so id 0 means nobody. Lane 0 may have any person
/// enrolled before as sponsor, the others only a lower lane of the same fragment: a cycle cannot be written down.
/// Nothing outside this file knows the layout. TypeScript twin: packages/protocol/src/fragment.ts
type Fragment is uint256;

using { balanceOf, rankOf, statusOf, sponsorOf, occupancy, credit, debitAll, place } for Fragment global;

/// @dev Statuses. An empty lane is `NONE`; only `ACTIVE` people are paid.
uint256 constant STATUS_NONE = 0;
uint256 constant STATUS_ACTIVE = 1;

uint256 constant MAX_FRAGMENT = (1 << 24) - 1;
uint256 constant MAX_BALANCE = (1 << 50) - 1;

uint256 constant LANES = 4;
uint256 constant LANE_BITS = 56;
uint256 constant RANK_SHIFT = 50;
uint256 constant STATUS_SHIFT = 54;
uint256 constant FIRST_SPONSOR_SHIFT = 224;
uint256 constant LANE_SPONSOR_SHIFT = 248;
uint256 constant ID_MASK = (1 << 26) - 1;

/// @notice Fragment `index` of `fragments`.
/// @dev The caller's index is at most `MAX_FRAGMENT`, so the index needs no check.
function load(Fragment[1 << 24] storage fragments, uint256 index) view returns (Fragment fragment) {
    assembly ("memory-safe") {
        fragment := sload(add(fragments.slot, index))
    }
}

/// @notice Puts `fragment` at `index` of `fragments`.
/// @dev The caller's index is at most `MAX_FRAGMENT`, so the index needs no check.
function store(Fragment[1 << 24] storage fragments, uint256 index, Fragment fragment) {
    assembly ("memory-safe") {
        sstore(add(fragments.slot, index), fragment)
    }
}

/// @notice The fragment that holds person `id`.
function fragmentOf(uint256 id) pure returns (uint256) {
    return id >> 2;
}

/// @notice The lane of person `id` inside its fragment, 0 to 3.
function laneOf(uint256 id) pure returns (uint256) {
    return id & 3;
}

/// @notice Base units owed to the person in `lane`.
function balanceOf(Fragment self, uint256 lane) pure returns (uint256) {
    // Lanes are 0 to 3.
    unchecked {
        return (Fragment.unwrap(self) >> (lane * LANE_BITS)) & MAX_BALANCE;
    }
}

/// @notice Rank of the person in `lane`, 0 to 15.
function rankOf(Fragment self, uint256 lane) pure returns (uint256) {
    // Lanes are 0 to 3.
    unchecked {
        return (Fragment.unwrap(self) >> (lane * LANE_BITS + RANK_SHIFT)) & 15;
    }
}

/// @notice Status of the person in `lane`; `STATUS_NONE` when the lane is empty.
function statusOf(Fragment self, uint256 lane) pure returns (uint256) {
    // Lanes are 0 to 3.
    unchecked {
        return (Fragment.unwrap(self) >> (lane * LANE_BITS + STATUS_SHIFT)) & 3;
    }
}

/// @notice Id of the sponsor of the person in `lane` of fragment number `fragment`; 0 for a root.
function sponsorOf(Fragment self, uint256 fragment, uint256 lane) pure returns (uint256) {
    // Lanes are 0 to 3.
    unchecked {
        uint256 word = Fragment.unwrap(self);
        if (lane == 0) return (word >> FIRST_SPONSOR_SHIFT) & ID_MASK;
        return (fragment << 2) | ((word >> (LANE_SPONSOR_SHIFT + 2 * lane)) & 3);
    }
}

/// @notice How many lanes are taken; they fill from the lowest.
function occupancy(Fragment self) pure returns (uint256 lanes) {
    // Lanes are 0 to 3.
    unchecked {
        while (lanes < LANES && statusOf(self, lanes) != STATUS_NONE) ++lanes;
    }
}

/// @notice The fragment after `amount` base units are added to the balance in `lane`.
/// @dev No overflow check: the ledger keeps float, reserved and owed together below 2^50, and every credit comes out of
/// what was reserved, so no balance can outgrow its 50 bits.
function credit(Fragment self, uint256 lane, uint256 amount) pure returns (Fragment) {
    unchecked {
        return Fragment.wrap(Fragment.unwrap(self) + (amount << (lane * LANE_BITS)));
    }
}

/// @notice The fragment after the balance in `lane` is taken out whole.
function debitAll(Fragment self, uint256 lane) pure returns (Fragment) {
    // Lanes are 0 to 3.
    unchecked {
        return Fragment.wrap(Fragment.unwrap(self) & ~(MAX_BALANCE << (lane * LANE_BITS)));
    }
}

/// @notice The fragment after an active person without rank is put into the empty `lane` below `sponsor`.
/// @dev The caller has checked that the lane is the next free one and that `sponsor` is allowed there.
function place(Fragment self, uint256 lane, uint256 sponsor) pure returns (Fragment) {
    // Lanes are 0 to 3.
    unchecked {
        uint256 word = Fragment.unwrap(self) | (STATUS_ACTIVE << (lane * LANE_BITS + STATUS_SHIFT));
        return
            Fragment.wrap(
                lane == 0
                    ? word | (sponsor << FIRST_SPONSOR_SHIFT)
                    : word | (laneOf(sponsor) << (LANE_SPONSOR_SHIFT + 2 * lane))
            );
    }
}
