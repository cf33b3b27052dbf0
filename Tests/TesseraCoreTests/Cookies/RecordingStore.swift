import Synchronization
import TesseraCore

/// A store in memory.
final class RecordingStore: TokenStore {
    let durability = TokenStoreDurability.volatile
    private let entries = Mutex<[StorageName: StoredEntry]>([:])

    func load(_ name: StorageName) async throws -> StoredEntry? { entries.withLock { $0[name] } }

    func save(_ bytes: [UInt8], for name: StorageName, replacing version: StoreVersion?) async throws -> StoreVersion {
        try entries.withLock { entries in
            guard entries[name]?.version == version else { throw TokenStoreConflict() }
            let next = StoreVersion(String((version.flatMap { Int($0.value) } ?? 0) + 1))
            entries[name] = StoredEntry(bytes: bytes, version: next)
            return next
        }
    }

    func remove(_ name: StorageName, replacing version: StoreVersion) async throws {
        try entries.withLock { entries in
            guard entries[name]?.version == version else { throw TokenStoreConflict() }
            entries[name] = nil
        }
    }
}
