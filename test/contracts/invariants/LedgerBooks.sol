// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { ACTIVE, CommissionModel, Share, Standing } from "../CommissionModel.sol";
import { Journal } from "../../../contracts/libraries/Journal.sol";
import { Plan } from "../../../contracts/types/Plan.sol";

/// @notice Books kept beside a ledger: what the manual says must come of each call, worked out the long way with plain
/// arrays, so that no mistake in the ledger's packing can be in them too. Distributors are numbers in an array,
/// whatever ids they get, and the journal's head is folded from what was done.
abstract contract LedgerBooks {
    struct Distributor {
        /// As the changes that are applied have left it. The ids that they had before lead here too.
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
        /// The change by which they leave.
        uint256 leaving;
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
        bool isCancelled;
        bytes encoded;
    }

    struct BookedBatch {
        uint256 number;
        /// Index in `recorders`.
        uint256 recorder;
        uint256 plan;
        uint256 recordedAt;
        uint256 settled;
        /// What reversals have left.
        Sale[] sales;
        /// Who is paid for each sale (encoded shares), fixed as it was recorded; empty for a seller who was not enrolled then.
        bytes[] shares;
    }

    struct BookedRecorder {
        address key;
        address standby;
        uint256 sequence;
        uint256 cap;
        uint256 countCap;
    }

    struct BookedFlag {
        uint256 subjectKind;
        uint256 subject;
        uint256 outcome;
        uint256 reviewBy;
        bool isAnswered;
    }

    uint256 public free;
    uint256 public reserved;
    uint256 public owed;
    uint256 public paid;
    /// Owed from before the ledger.
    uint256 internal opened;
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
    /// In the order of recording.
    BookedBatch[] internal batches;
    /// Index is the recorder's number minus one.
    BookedRecorder[] internal recorders;
    /// Index is flag minus one.
    BookedFlag[] internal flags;

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
        plans.push(BookedPlan(startsAt, _mostOf(plan), false, encoded));
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

    /// @dev The newest plan whose time has come and that was not cancelled.
    function _planAt(uint256 time) internal view returns (uint256 version) {
        for (uint256 i = 0; i < plans.length; ++i) {
            if (plans[i].startsAt <= time && !plans[i].isCancelled) version = i + 1;
        }
    }

    function _planOf(uint256 version) internal view returns (Plan memory) {
        return abi.decode(plans[version - 1].encoded, (Plan));
    }

    function _standings() internal view returns (Standing[] memory all) {
        all = new Standing[](distributors.length);
        for (uint256 number = 1; number < all.length; ++number) {
            Distributor storage distributor = distributors[number];
            all[number] = Standing({
                id: distributor.id,
                sponsor: distributor.sponsor,
                sponsorId: distributor.sponsorId,
                rank: distributor.rank,
                status: distributor.status
            });
        }
    }

    /// @dev Books the settlement of sales up to `until` of a batch: to each distributor what was fixed as it was recorded, the
    /// rest of what was reserved to the float, and the entry.
    function _bookSettled(BookedBatch storage batch, uint256 until) internal {
        Plan memory plan = _planOf(batch.plan);
        Standing[] memory all = _standings();
        uint256 from = batch.settled;
        uint256 set = 0;
        uint256 credited = 0;
        bytes memory lines;
        for (uint256 i = from; i < until; ++i) {
            Sale memory sale = batch.sales[i];
            uint256 volume = _counted(plan, sale);
            set += volume * plans[batch.plan - 1].total;
            Share[] memory shares;
            bool isFixed = batch.shares[i].length != 0;
            if (volume != 0 && isFixed) {
                shares = abi.decode(batch.shares[i], (Share[]));
            } else if (volume != 0 && numberOf[sale.seller] != 0) {
                // Whoever was enrolled under the seller's id only afterwards has the sale.
                shares = CommissionModel.sharesOf(plan, all, numberOf[sale.seller], sale.seller);
            }
            lines = bytes.concat(lines, CommissionModel.lineOf(all, shares, sale.seller, volume));
            for (uint256 level = 0; level < shares.length; ++level) {
                uint256 amount = volume * shares[level].rate;
                if (amount == 0) continue;
                distributors[shares[level].number].owed += amount;
                distributors[shares[level].number].credited += amount;
                credited += amount;
            }
        }
        require(credited <= set, "the model pays more than was reserved");
        batch.settled = until;
        reserved -= set;
        owed += credited;
        free += set - credited;
        _enter(Journal.batchSettled(head, batch.number, from, until, credited, set - credited, keccak256(lines)));
    }

    function _counted(Plan memory plan, Sale memory sale) internal pure returns (uint256) {
        return (sale.volume * plan.weightsBps[sale.class]) / 10_000;
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
