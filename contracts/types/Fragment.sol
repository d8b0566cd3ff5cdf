// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Fragment
/// @notice Up to four distributors of the sponsor tree, with their balances, in one storage word.
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
/// A distributor's id is `fragment << 2 | lane`. Fragment 0 stays empty, so id 0 means no distributor. A distributor
/// whose sponsor is corrected to one outside the fragment moves to lane 0 of a fragment of their own; the lane they
/// leave is closed with rank 1 and holds the new id in place of a balance, so that their whole downline follows. A lane
/// closed with rank 0 is of a distributor who left and still has a balance. Nothing outside this file knows the layout;
/// the plain walk in libraries/Commission.sol reads it by the constants below.
/// TypeScript twin: packages/protocol/src/rules/fragment.ts
type Fragment is uint256;

using FragmentLib for Fragment global;

/// @dev Statuses. An empty lane is `NONE`; only `ACTIVE` distributors are paid; `CLOSED` is for good.
uint256 constant STATUS_NONE = 0;
uint256 constant STATUS_ACTIVE = 1;
uint256 constant STATUS_INACTIVE = 2;
uint256 constant STATUS_CLOSED = 3;

uint256 constant MAX_FRAGMENT = (1 << 24) - 1;
uint256 constant MAX_BALANCE = (1 << 50) - 1;

// Assembly takes no constants that are made of others: those the walk uses are spelled out.
uint256 constant LANES = 4;
uint256 constant LANE_BITS = 56;
uint256 constant LANE_MASK = (1 << 56) - 1;
uint256 constant RANK_SHIFT = 50;
uint256 constant RANK_MASK = 15;
uint256 constant STATUS_SHIFT = 54;
uint256 constant STATUS_MASK = 3;
uint256 constant FIRST_SPONSOR_SHIFT = 224;
uint256 constant LANE_SPONSOR_SHIFT = 248;
/// @dev The rank of a closed lane whose distributor has moved.
uint256 constant RANK_MOVED = 1;
uint256 constant MOVED_STANDING = (STATUS_CLOSED << 4) | RANK_MOVED;

/// @dev An id: 24 bits of the fragment, 2 of the lane.
uint256 constant LANE_ID_BITS = 2;
uint256 constant LANE_ID_MASK = 3;
uint256 constant ID_MASK = (1 << 26) - 1;
uint256 constant MAX_ID = ID_MASK;
uint256 constant FIRST_LANE_ID_MASK = 0x3fffffc;

/// @dev The status of each lane.
uint256 constant ALL_STATUSES = 3 * ((1 << 54) | (1 << 110) | (1 << 166) | (1 << 222));
/// @dev Four active distributors in a line, each sponsored by the lane below.
uint256 constant ACTIVE_CHAIN = (1 << 54) | (1 << 110) | (1 << 166) | (1 << 222) | (1 << 252) | (2 << 254);
uint256 constant CHAIN_SPONSORS_SHIFT = 252;
/// @dev The bits of a word above its lanes.
uint256 constant ABOVE_LANES = 32;
/// @dev By this product, four rates (14 bits each, the first lowest) come to the lanes from 3 down to 0, times 2^42.
/// The other terms of the product fall between the lanes, and the mask takes them away.
uint256 constant RATES_TO_LANES = (1 << 210) | (1 << 140) | (1 << 70) | 1;
uint256 constant LANE_RATES = 0x3fff * ((1 << 210) | (1 << 154) | (1 << 98) | (1 << 42));
uint256 constant PLACES_UP = 42;

/// @notice The fragment that holds distributor `id`.
function fragmentOf(uint256 id) pure returns (uint256) {
    return id >> LANE_ID_BITS;
}

/// @notice The lane of distributor `id`.
function laneOf(uint256 id) pure returns (uint256) {
    return id & LANE_ID_MASK;
}

/// @title FragmentLib
/// @notice Reads and changes the distributors of a `Fragment`.
library FragmentLib {
    /// @notice Base units owed to the distributor in `lane`.
    function balanceOf(Fragment self, uint256 lane) internal pure returns (uint256) {
        return self.movedTo(lane) == 0 ? _field(self, lane) : 0;
    }

    /// @notice Rank of the distributor in `lane`.
    function rankOf(Fragment self, uint256 lane) internal pure returns (uint256) {
        // Lanes are 0 to 3.
        unchecked {
            return (Fragment.unwrap(self) >> (lane * LANE_BITS + RANK_SHIFT)) & RANK_MASK;
        }
    }

    /// @notice Status of the distributor in `lane`; `STATUS_NONE` when the lane is empty.
    function statusOf(Fragment self, uint256 lane) internal pure returns (uint256) {
        // Lanes are 0 to 3.
        unchecked {
            return (Fragment.unwrap(self) >> (lane * LANE_BITS + STATUS_SHIFT)) & STATUS_MASK;
        }
    }

    /// @notice Id of the sponsor of the distributor in `lane` of fragment number `fragment`; 0 for a root.
    function sponsorOf(Fragment self, uint256 fragment, uint256 lane) internal pure returns (uint256) {
        // Lanes are 0 to 3.
        unchecked {
            uint256 word = Fragment.unwrap(self);
            if (lane == 0) return (word >> FIRST_SPONSOR_SHIFT) & ID_MASK;
            return (fragment << LANE_ID_BITS) | ((word >> (LANE_SPONSOR_SHIFT + 2 * lane)) & LANE_ID_MASK);
        }
    }

    /// @notice Id under which the distributor of `lane` goes on; 0 if they have not moved.
    function movedTo(Fragment self, uint256 lane) internal pure returns (uint256) {
        // Lanes are 0 to 3.
        unchecked {
            uint256 lanes = Fragment.unwrap(self) >> (lane * LANE_BITS);
            // Status and rank side by side.
            return (lanes >> RANK_SHIFT) & 63 == MOVED_STANDING ? lanes & MAX_BALANCE : 0;
        }
    }

    /// @notice How many lanes are taken; they fill from the lowest.
    function occupancy(Fragment self) internal pure returns (uint256 lanes) {
        // Lanes are 0 to 3.
        unchecked {
            while (lanes < LANES && self.statusOf(lanes) != STATUS_NONE) ++lanes;
        }
    }

    /// @notice The fragment after `amount` base units are added to the balance in `lane`.
    /// @dev No overflow check: the ledger keeps float, reserved and owed together below 2^50, and every credit comes
    /// out of what was reserved, so no balance can outgrow its 50 bits.
    function credit(Fragment self, uint256 lane, uint256 amount) internal pure returns (Fragment) {
        unchecked {
            return Fragment.wrap(Fragment.unwrap(self) + (amount << (lane * LANE_BITS)));
        }
    }

    /// @notice The fragment after the balance in `lane` is taken out whole.
    function debitAll(Fragment self, uint256 lane) internal pure returns (Fragment) {
        // Lanes are 0 to 3.
        unchecked {
            return Fragment.wrap(Fragment.unwrap(self) & ~(MAX_BALANCE << (lane * LANE_BITS)));
        }
    }

    /// @notice The fragment after an active distributor without rank is put into the empty `lane` below `sponsor`.
    /// @dev The caller has checked that the lane is the next free one and that `sponsor` is allowed there.
    function place(Fragment self, uint256 lane, uint256 sponsor) internal pure returns (Fragment) {
        Fragment placed = _withLane(self, lane, STATUS_ACTIVE << STATUS_SHIFT);
        return lane == 0 ? placed.withFirstSponsor(sponsor) : placed.withLaneSponsor(lane, laneOf(sponsor));
    }

    /// @notice A new fragment whose first lane takes over the distributor of `lane` of `self`, below `sponsor`.
    function settleIn(Fragment self, uint256 lane, uint256 sponsor) internal pure returns (Fragment) {
        // Lanes are 0 to 3.
        unchecked {
            uint256 distributor = (Fragment.unwrap(self) >> (lane * LANE_BITS)) & LANE_MASK;
            return Fragment.wrap(distributor).withFirstSponsor(sponsor);
        }
    }

    /// @notice The fragment after the distributor in `lane` has another rank and status.
    function withStanding(Fragment self, uint256 lane, uint256 rank, uint256 status) internal pure returns (Fragment) {
        return _withLane(self, lane, _field(self, lane) | (rank << RANK_SHIFT) | (status << STATUS_SHIFT));
    }

    /// @notice The fragment after the distributor in lane 0 has another sponsor.
    function withFirstSponsor(Fragment self, uint256 sponsor) internal pure returns (Fragment) {
        uint256 others = Fragment.unwrap(self) & ~(ID_MASK << FIRST_SPONSOR_SHIFT);
        return Fragment.wrap(others | (sponsor << FIRST_SPONSOR_SHIFT));
    }

    /// @notice The fragment after the distributor in `lane`, not 0, is sponsored by the lower `sponsorLane`.
    function withLaneSponsor(Fragment self, uint256 lane, uint256 sponsorLane) internal pure returns (Fragment) {
        // Lanes are 0 to 3.
        unchecked {
            uint256 shift = LANE_SPONSOR_SHIFT + 2 * lane;
            return Fragment.wrap((Fragment.unwrap(self) & ~(LANE_ID_MASK << shift)) | (sponsorLane << shift));
        }
    }

    /// @notice The fragment after the distributor in `lane` has left; their balance stays.
    function close(Fragment self, uint256 lane) internal pure returns (Fragment) {
        return self.withStanding(lane, 0, STATUS_CLOSED);
    }

    /// @notice The fragment after the distributor in `lane` has moved to `id`, balance and all.
    function moveAway(Fragment self, uint256 lane, uint256 id) internal pure returns (Fragment) {
        return _withLane(self, lane, id | (RANK_MOVED << RANK_SHIFT) | (STATUS_CLOSED << STATUS_SHIFT));
    }

    function _field(Fragment self, uint256 lane) private pure returns (uint256) {
        // Lanes are 0 to 3.
        unchecked {
            return (Fragment.unwrap(self) >> (lane * LANE_BITS)) & MAX_BALANCE;
        }
    }

    function _withLane(Fragment self, uint256 lane, uint256 distributor) private pure returns (Fragment) {
        // Lanes are 0 to 3.
        unchecked {
            uint256 shift = lane * LANE_BITS;
            return Fragment.wrap((Fragment.unwrap(self) & ~(LANE_MASK << shift)) | (distributor << shift));
        }
    }
}
