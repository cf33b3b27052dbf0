#if OAuth
import Synchronization
public import TesseraCore

/// A store in the memory of this process: for tests, and for tokens that may be lost.
///
/// It forgets everything when the process ends, so rotating refresh tokens are not entrusted to it unless that is asked
/// for by name. It has leases among the tasks of this process.
public final class MemoryTokenStore: LeasingTokenStore, CustomStringConvertible, CustomReflectable {
    private struct State {
        var entries: [StorageName: StoredEntry] = [:]
        var saves: UInt64 = 0
    }

    private let state = Mutex(State())
    private let leases = LocalLeases()
    private let runtime: Runtime
    /// Tells this store's versions from those of another one.
    private let epoch: String

    /// An empty store on the clock of `runtime`.
    public init(runtime: Runtime = .current) {
        self.runtime = runtime
        epoch = String(runtime.random(), radix: 16)
    }

    /// Nothing survives.
    public var durability: TokenStoreDurability { .volatile }

    /// The entry, if there is one.
    public func load(_ name: StorageName) async throws -> StoredEntry? {
        state.withLock { $0.entries[name] }
    }

    /// Replaces the entry if its version is `version`.
    public func save(
        _ bytes: [UInt8], for name: StorageName, replacing version: StoreVersion?
    ) async throws -> StoreVersion {
        try state.withLock { state in
            guard state.entries[name]?.version == version else { throw TokenStoreConflict() }
            state.saves += 1
            let new = StoreVersion("\(epoch)-\(state.saves)")
            state.entries[name] = StoredEntry(bytes: bytes, version: new)
            return new
        }
    }

    /// Removes the entry if its version is `version`.
    public func remove(_ name: StorageName, replacing version: StoreVersion) async throws {
        try state.withLock { state in
            guard state.entries[name]?.version == version else { throw TokenStoreConflict() }
            state.entries[name] = nil
        }
    }

    /// The wall clock of the runtime.
    public func storeTime() async throws -> StoreTime {
        StoreTime(runtime.wallTime(), epoch: epoch)
    }

    /// A lease among the tasks of this process.
    public func lease(
        _ name: StorageName, until deadline: MonotonicInstant, runtime: Runtime
    ) async throws -> (any StoreLease)? {
        try await leases.lease(name, until: deadline, runtime: runtime)
    }

    /// The number of entries.
    public var description: String { "MemoryTokenStore(\(state.withLock { $0.entries.count }) entries)" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
#endif
