#if OAuth
import TesseraCore

@testable import TesseraOAuth

/// A store of one login, with leases of either kind, a clock of its own, and faults.
struct SimulatedStore {
    struct Lease {
        var owner: Int
        var run: Int
        /// Nil for a lock that the kernel frees.
        var until: Int64?
    }

    enum Outcome {
        case saved(StoreVersion)
        case conflict
        case failed
    }

    var isDurable = true
    var hasKernelLocks = true
    var clockOffset: Int64 = 0
    var epoch = 1
    var isDown = false
    /// Each write that is not yet to fail; then the writes fail until `isDown` is reset.
    private(set) var record: LoginRecord?
    private(set) var version = 0
    private(set) var lease: Lease?
    private(set) var fence: UInt64 = 0
    private(set) var snapshots: [LoginRecord?] = []
    var noticesRollback = false
    private(set) var hasNoticed = false

    static let leaseLength: Int64 = 10_000_000_000

    func time(_ now: Int64) -> StoreTime {
        StoreTime(Timestamp(nanoseconds: now + clockOffset), epoch: isDurable ? nil : "e\(epoch)")
    }

    var stored: StoredLogin? { record.map { StoredLogin(record: $0, version: StoreVersion("\(version)")) } }

    /// Whether a read fails because the store saw that its entry is older than before.
    var reportsRollback: Bool { hasNoticed }

    /// Somebody writes what is there already.
    mutating func touch() {
        version += 1
    }

    mutating func acceptEntry() { hasNoticed = false }

    mutating func begin(_ new: LoginRecord) {
        version += 1
        record = new
        snapshots.append(new)
    }

    mutating func save(_ new: LoginRecord, replacing expected: StoreVersion?) -> Outcome {
        guard !isDown else { return .failed }
        guard expected?.value == (record == nil ? nil : "\(version)") else { return .conflict }
        version += 1
        record = new
        snapshots.append(new)
        return .saved(StoreVersion("\(version)"))
    }

    mutating func remove(replacing expected: StoreVersion) -> Outcome {
        guard !isDown else { return .failed }
        guard record != nil, expected.value == "\(version)" else { return .conflict }
        version += 1
        record = nil
        return .saved(StoreVersion("\(version)"))
    }

    /// Goes back to an earlier state, as a restored backup does.
    mutating func rollBack(by steps: Int) {
        guard snapshots.count > steps else { return }
        version += 1
        record = snapshots[snapshots.count - 1 - steps]
        hasNoticed = noticesRollback
    }

    /// A volatile store starts anew, empty or as it was some writes ago.
    mutating func restart(losing steps: Int) {
        epoch += 1
        version += 1
        lease = nil
        record = steps < snapshots.count ? snapshots[snapshots.count - 1 - steps] : nil
    }

    // MARK: Leases

    mutating func acquire(_ owner: Int, _ run: Int, at now: Int64) -> UInt64? {
        guard !isDown else { return nil }
        if let lease, lease.until.map({ now < $0 }) ?? true { return nil }
        fence += 1
        lease = Lease(owner: owner, run: run, until: hasKernelLocks ? nil : now + Self.leaseLength)
        return fence
    }

    mutating func renew(_ owner: Int, _ run: Int, at now: Int64) -> Bool {
        guard !isDown, let held = lease, held.owner == owner, held.run == run else { return false }
        guard let until = held.until else { return true }
        guard now < until else { return false }
        lease?.until = now + Self.leaseLength
        return true
    }

    func holds(_ owner: Int, _ run: Int, at now: Int64) -> Bool {
        guard let lease, lease.owner == owner, lease.run == run else { return false }
        return lease.until.map { now < $0 } ?? true
    }

    mutating func release(_ owner: Int, _ run: Int) {
        guard let held = lease, held.owner == owner, held.run == run else { return }
        lease = nil
    }

    /// The kernel frees the locks of a dead process.
    mutating func died(_ owner: Int) {
        if hasKernelLocks, lease?.owner == owner { lease = nil }
    }
}
#endif
