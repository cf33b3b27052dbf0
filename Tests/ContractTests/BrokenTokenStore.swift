import Synchronization
import TesseraCore

/// A good store in memory with one defect.
struct BrokenTokenStore: LeasingTokenStore {
    enum Defect: String, CaseIterable, Sendable {
        case none
        case lastWriterWins
        case replacesOnCreation
        case namesVersionsByContent
        case countsAnewAfterRemoval
        case checksBeforeItWrites
        case writesInTwoParts
        case cutsLongEntries
        case cutsLongNames
        case losesEmptyEntries
        case conflictsAfterWriting
        case removesAnyVersion
        case remembersWhatItRead
        case keepsTheRestOfLongerEntries
        case leasesToEverybody
        case locksTheEntryItself
        case repeatsFences
        case keepsDroppedLeases
        case keepsLeasesOfCancelledWaiters
        case savesWithTheLeaseOnly
        case renewsWhatWasGivenBack
        case releasesTwice
        case sharesOneLease
    }

    /// What all users share.
    final class Data: Sendable {
        struct State {
            var entries: [String: StoredEntry] = [:]
            var counter: UInt64 = 0
            var fences: UInt64 = 0
            var holders: [String: Int] = [:]
        }

        let state = Mutex(State())
    }

    /// What one user has read before.
    final class Memory: Sendable {
        let entries = Mutex<[String: StoredEntry]>([:])
    }

    let data: Data
    let defect: Defect
    private let memory = Memory()

    init(_ data: Data, _ defect: Defect) {
        self.data = data
        self.defect = defect
    }

    var durability: TokenStoreDurability { .volatile }

    private func key(_ name: StorageName) -> String {
        defect == .cutsLongNames ? String(name.text.prefix(100)) : name.text
    }

    func load(_ name: StorageName) async throws -> StoredEntry? {
        let key = key(name)
        if defect == .remembersWhatItRead, let known = memory.entries.withLock({ $0[key] }) { return known }
        let entry = data.state.withLock { $0.entries[key] }
        if defect == .losesEmptyEntries, entry?.bytes.isEmpty == true { return nil }
        memory.entries.withLock { $0[key] = entry }
        return entry
    }

    func save(
        _ bytes: [UInt8], for name: StorageName, replacing version: StoreVersion?
    ) async throws -> StoreVersion {
        let key = key(name)
        memory.entries.withLock { $0[key] = nil }
        if defect == .savesWithTheLeaseOnly, data.state.withLock({ ($0.holders[key] ?? 0) > 0 }) {
            throw TesseraError.make(.storeFailed, "the lease is held")
        }
        if defect == .checksBeforeItWrites {
            let seen = data.state.withLock { $0.entries[key]?.version }
            guard seen == version else { throw TokenStoreConflict() }
            try await Task.sleep(for: .milliseconds(1))
        }
        if defect == .writesInTwoParts {
            try data.state.withLock { state in
                guard state.entries[key]?.version == version else { throw TokenStoreConflict() }
                state.entries[key]?.bytes.replaceSubrange(0..<1, with: bytes.prefix(1))
            }
            try await Task.sleep(for: .milliseconds(1))
        }
        return try data.state.withLock { try write(bytes, key, version, &$0) }
    }

    private func write(
        _ bytes: [UInt8], _ key: String, _ version: StoreVersion?, _ state: inout Data.State
    ) throws -> StoreVersion {
        let old = state.entries[key]
        let isExpected =
            switch defect {
            case .lastWriterWins: version != nil || old == nil
            case .replacesOnCreation: version == nil || old?.version == version
            case .checksBeforeItWrites: true
            default: old?.version == version
            }
        state.counter += 1
        let new: StoreVersion =
            switch defect {
            case .namesVersionsByContent: StoreVersion("\(key)-\(bytes.hashValue)")
            case .countsAnewAfterRemoval:
                StoreVersion(old.flatMap { Int($0.version.value) }.map { String($0 + 1) } ?? "1")
            default: StoreVersion("\(state.counter)")
            }
        var kept = bytes
        if defect == .cutsLongEntries { kept = Array(bytes.prefix(65_536)) }
        if defect == .keepsTheRestOfLongerEntries { kept += old?.bytes.dropFirst(bytes.count) ?? [] }
        if isExpected || defect == .conflictsAfterWriting {
            state.entries[key] = StoredEntry(bytes: kept, version: new)
        }
        guard isExpected else { throw TokenStoreConflict() }
        return new
    }

    func remove(_ name: StorageName, replacing version: StoreVersion) async throws {
        let key = key(name)
        memory.entries.withLock { $0[key] = nil }
        try data.state.withLock { state in
            guard let old = state.entries[key] else { throw TokenStoreConflict() }
            guard old.version == version || defect == .removesAnyVersion else { throw TokenStoreConflict() }
            state.entries[key] = nil
            if defect == .locksTheEntryItself { state.holders[key] = nil }
        }
    }

    func storeTime() async throws -> StoreTime { StoreTime(Runtime.system.wallTime(), epoch: "memory") }

    func lease(
        _ name: StorageName, until deadline: MonotonicInstant, runtime: Runtime
    ) async throws -> (any StoreLease)? {
        let key = defect == .sharesOneLease ? "all" : key(name)
        while true {
            let fence = data.state.withLock { state -> UInt64? in
                guard state.holders[key] ?? 0 == 0 || defect == .leasesToEverybody else { return nil }
                state.holders[key, default: 0] += 1
                if defect != .repeatsFences || state.fences == 0 { state.fences += 1 }
                return state.fences
            }
            if let fence { return Lease(fence: fence, key: key, store: self) }
            guard runtime.now() < deadline else { return nil }
            if Task.isCancelled {
                if defect == .keepsLeasesOfCancelledWaiters {
                    data.state.withLock { $0.holders[key, default: 0] += 1 }
                }
                throw CancellationError()
            }
            try? await Task.sleep(for: .milliseconds(2))
        }
    }

    final class Lease: StoreLease {
        let fence: UInt64
        let provesHoldersDeath = false
        let end: MonotonicInstant? = nil
        private let key: String
        private let store: BrokenTokenStore
        private let isReleased = Mutex(false)

        init(fence: UInt64, key: String, store: BrokenTokenStore) {
            self.fence = fence
            self.key = key
            self.store = store
        }

        deinit { if store.defect != .keepsDroppedLeases { giveBack() } }

        func renew() async throws -> MonotonicInstant? {
            if store.defect != .renewsWhatWasGivenBack, isReleased.withLock({ $0 }) {
                throw TesseraError.make(.storeFailed, "given back")
            }
            return nil
        }

        func release() async { giveBack() }

        private func giveBack() {
            let isFirst = isReleased.withLock { isReleased in
                defer { isReleased = true }
                return !isReleased
            }
            guard isFirst || store.defect == .releasesTwice else { return }
            store.data.state.withLock { state in
                guard let count = state.holders[key] else { return }
                state.holders[key] = store.defect == .releasesTwice ? 0 : count - 1
            }
        }
    }
}
