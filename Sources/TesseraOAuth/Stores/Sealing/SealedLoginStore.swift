#if OAuth
import Synchronization
import TesseraCore

/// Logins in any ``TokenStore``, encrypted and bound to their key, login and generation before the store sees them.
struct SealedLoginStore: LoginRecordStore {
    private let store: any TokenStore
    private let keys: StoreKeys
    private let keyring: KeyringCache
    private let localLeases: LocalLeases

    init(_ store: any TokenStore, keys: StoreKeys) {
        self.store = store
        self.keys = keys
        keyring = KeyringCache(keys)
        localLeases = LocalLeases()
    }

    var durability: TokenStoreDurability { store.durability }

    func load(_ key: TokenKey) async throws -> StoredLogin? {
        let ring = try await keyring.current()
        guard let entry = try await store.load(ring.name(of: key)) else { return nil }
        do {
            return StoredLogin(
                record: try RecordSealing(keyring: ring).open(entry.bytes, for: key), version: entry.version)
        } catch let error as TesseraError where error.code == .storeKeyMismatch {
            // A key may have been added since the sources were asked.
            let fresh = try await keyring.reread()
            guard fresh.name(of: key) == ring.name(of: key) else { throw error }
            return StoredLogin(
                record: try RecordSealing(keyring: fresh).open(entry.bytes, for: key), version: entry.version)
        }
    }

    func save(_ record: LoginRecord, for key: TokenKey, replacing version: StoreVersion?) async throws -> StoreVersion {
        let ring = try await keyring.current()
        let bytes = try RecordSealing(keyring: ring).seal(record, for: key)
        let name = ring.name(of: key)
        if case .intent = record.state {
            // What follows an intent cannot be repeated, so the space for its answer is set aside first.
            try await store.reserve(
                min(bytes.count + SealedLoginStore.roomForAnswer, SealedEnvelope.longest), for: name)
        }
        return try await store.save(bytes, for: name, replacing: version)
    }

    func remove(_ key: TokenKey, replacing version: StoreVersion) async throws {
        try await store.remove(keyring.current().name(of: key), replacing: version)
    }

    /// The lease of the store; one that excludes the other users in this process when the store has none.
    func lease(_ key: TokenKey, until deadline: MonotonicInstant, runtime: Runtime) async throws -> (any StoreLease)? {
        let name = try await keyring.current().name(of: key)
        if let leasing = store as? any LeasingTokenStore {
            return try await leasing.lease(name, until: deadline, runtime: runtime)
        }
        return try await localLeases.lease(name, until: deadline, runtime: runtime)
    }

    func storeTime() async throws -> StoreTime {
        guard let leasing = store as? any LeasingTokenStore else { return StoreTime(Runtime.current.wallTime()) }
        return try await leasing.storeTime()
    }

    func adopt(_ key: TokenKey) async throws {
        try await store.adopt(keyring.current().name(of: key))
    }

    /// Removes an entry although it cannot be read: for a new login in the place of a damaged, copied or restored one.
    func discard(_ key: TokenKey) async throws {
        try await store.discard(keyring.current().name(of: key))
    }

    func tag(of secret: Secret) async throws -> String {
        try await keyring.current().tag(of: secret)
    }

    /// Writes an entry again under the current key if it is not. Changes nothing else.
    ///
    /// - Returns: Whether it was written. False also when somebody else wrote it in the meantime, with the current key.
    func reencrypt(_ key: TokenKey) async throws -> Bool {
        let ring = try await keyring.reread()
        let name = ring.name(of: key)
        guard let entry = try await store.load(name) else { return false }
        guard try RecordSealing(keyring: ring).needsReencryption(entry.bytes, for: key) else { return false }
        let record = try RecordSealing(keyring: ring).open(entry.bytes, for: key)
        do {
            _ = try await store.save(
                RecordSealing(keyring: ring).seal(record, for: key), for: name, replacing: entry.version)
            return true
        } catch is TokenStoreConflict {
            return false
        }
    }

    /// Three tokens of the longest kind, encoded twice in base64: what an answer can add to a record.
    static let roomForAnswer = 3 * TokenResponse.longestToken * 16 / 9 + 8192
}

/// The keys as they were last read: a secret manager is not asked for each token.
final class KeyringCache: Sendable {
    private let keys: StoreKeys
    private let state = Mutex<Keyring?>(nil)

    init(_ keys: StoreKeys) {
        self.keys = keys
    }

    func current() async throws -> Keyring {
        if let known = state.withLock({ $0 }) { return known }
        return try await reread()
    }

    func reread() async throws -> Keyring {
        let fresh = try await Keyring(keys)
        state.withLock { $0 = fresh }
        return fresh
    }
}

extension RecordSealing {
    /// Whether an entry, or a token in it that this release does not know, is sealed with another key than the current.
    func needsReencryption(_ bytes: [UInt8], for key: TokenKey) throws -> Bool {
        try SealedEnvelope.parse(bytes).key != keyring.current.id
    }
}
#endif
