// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { Journal } from "../../../contracts/libraries/Journal.sol";
import { Plan } from "../../../contracts/types/Plan.sol";

/// @notice Books kept beside a ledger: what the manual says must come of each call, worked out the long way with plain
/// arrays, so that no mistake in the ledger's packing can be in them too. Distributors are numbers in an array,
/// whatever ids they get, and the journal's head is folded from what was done.
abstract contract LedgerBooks {
    struct Distributor {
        /// The present id. The ids that they had before lead here too.
        uint256 id;
        /// Who stands above them, 0 for a root, and by which id the ledger was told.
        uint256 sponsor;
        uint256 sponsorId;
        uint256 rank;
        uint256 status;
        uint256 owed;
        uint256 credited;
        uint256 paid;
        address wallet;
        uint256 enrolledAt;
        uint256 heldUntil;
        uint256 nonce;
        /// The recovery under way.
        address newWallet;
        uint256 recoverableFrom;
    }

    struct Sale {
        uint256 class;
        uint256 seller;
        uint256 price;
        uint256 volume;
    }

    struct BookedPlan {
        uint256 startsAt;
        uint256 total;
        bytes encoded;
    }

    struct BookedBatch {
        uint256 plan;
        uint256 recordedAt;
        uint256 settled;
        bytes records;
        bytes reversals;
        /// What reversals have left.
        Sale[] sales;
    }

    uint256 internal constant ACTIVE = 1;
    uint256 internal constant INACTIVE = 2;
    uint256 internal constant CLOSED = 3;

    uint256 public free;
    uint256 public reserved;
    uint256 public owed;
    uint256 public paid;
    uint256 public entries;
    bytes32 public head;
    bool public paused;

    /// Number 0 is nobody.
    Distributor[] internal distributors;
    /// Every id ever given, and whose it is.
    uint256[] internal ids;
    mapping(uint256 id => uint256 number) internal numberOf;
    mapping(address wallet => uint256 number) internal ownerOf;
    /// Index is fragment minus one: how many lanes were taken.
    uint256[] internal lanes;
    /// Index is version minus one.
    BookedPlan[] internal plans;
    /// Index is batch minus one.
    BookedBatch[] internal batches;
    /// Index is flag minus one.
    uint256[] internal flags;

    function _enter(bytes32 newHead) internal {
        head = newHead;
        ++entries;
    }

    function _bookDistributor(uint256 id, uint256 sponsorId, address wallet, uint256 time) internal {
        _bookId(id, distributors.length);
        Distributor storage distributor = distributors.push();
        (distributor.id, distributor.sponsorId, distributor.sponsor) = (id, sponsorId, numberOf[sponsorId]);
        (distributor.status, distributor.enrolledAt) = (ACTIVE, time);
        _bookWallet(numberOf[id], wallet);
        _enter(Journal.enrolled(head, id, sponsorId, wallet));
    }

    function _bookId(uint256 id, uint256 number) internal {
        if (id & 3 == 0) lanes.push(1);
        else ++lanes[(id >> 2) - 1];
        ids.push(id);
        numberOf[id] = number;
    }

    function _bookWallet(uint256 number, address wallet) internal {
        Distributor storage distributor = distributors[number];
        delete ownerOf[distributor.wallet];
        delete distributor.newWallet;
        delete distributor.recoverableFrom;
        distributor.wallet = wallet;
        if (wallet != address(0)) ownerOf[wallet] = number;
    }

    /// @dev The most a plan can pay: each level at its best rate.
    function _bookPlan(Plan memory plan, uint256 startsAt) internal {
        bytes memory encoded = abi.encode(plan);
        plans.push(BookedPlan(startsAt, _mostOf(plan), encoded));
        _enter(Journal.planAnnounced(head, plans.length, startsAt, keccak256(encoded)));
    }

    function _mostOf(Plan memory plan) internal pure returns (uint256 total) {
        for (uint256 level = 0; level < 11; ++level) {
            uint256 best = 0;
            for (uint256 row = 0; row < plan.ratesBps.length; ++row) {
                uint16[] memory rates = plan.ratesBps[row];
                if (level < rates.length && rates[level] > best) best = rates[level];
            }
            total += best;
        }
    }

    function _planAt(uint256 time) internal view returns (uint256 version) {
        for (uint256 i = 0; i < plans.length; ++i) if (plans[i].startsAt <= time) version = i + 1;
    }

    function _planOf(uint256 version) internal view returns (Plan memory) {
        return abi.decode(plans[version - 1].encoded, (Plan));
    }

    function _bookPayout(uint256 number) internal returns (uint256 units) {
        Distributor storage distributor = distributors[number];
        units = distributor.owed;
        distributor.owed = 0;
        distributor.paid += units;
        owed -= units;
        paid += units;
    }
}
