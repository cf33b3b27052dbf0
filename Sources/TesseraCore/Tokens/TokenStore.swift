/// Keeps entries of bytes under a ``StorageName``, and replaces them only if nobody else has in the meantime.
///
/// A store knows nothing of tokens and of people: what it keeps is encrypted by the layer above, and the names are
/// keyed hashes. The contract suite in TesseraTesting checks every promise made here.
public protocol TokenStore: Sendable {
    /// What a finished ``save(_:for:replacing:)`` survives.
    var durability: TokenStoreDurability { get }

    /// Reads an entry; nil when there is none.
    ///
    /// - Throws: ``TesseraError`` when the store cannot be read, or when it notices that the entry is not the one that
    ///   was saved last (``TesseraError/Code/storeTampered``, ``TesseraError/Code/storeCopied``,
    ///   ``TesseraError/Code/storeRolledBack``).
    func load(_ name: StorageName) async throws -> StoredEntry?

    /// Writes an entry if the stored version is `version`; nil means that there is no entry.
    ///
    /// When this returns, the entry is as durable as ``durability`` says. When it throws, the old entry is there whole,
    /// or (after a ``TesseraError``, never after a conflict) possibly the new one, whole as well.
    ///
    /// - Returns: The version of the new entry, never one that an earlier entry of this name had, removed ones included.
    /// - Throws: ``TokenStoreConflict`` when the stored version is another; ``TesseraError`` when the store fails.
    func save(_ bytes: [UInt8], for name: StorageName, replacing version: StoreVersion?) async throws -> StoreVersion

    /// Removes an entry if its version is `version`.
    ///
    /// - Throws: As ``save(_:for:replacing:)`` does.
    func remove(_ name: StorageName, replacing version: StoreVersion) async throws

    /// Sets space aside for the save after the next one, so that it does not fail for lack of space when it writes up to
    /// `byteCount` bytes: the next one announces what cannot be repeated, the one after it keeps what came of it. By
    /// default there is nothing to set aside.
    ///
    /// - Throws: ``TesseraError`` with code ``TesseraError/Code/storeFailed`` when there is no such space.
    func reserve(_ byteCount: Int, for name: StorageName) async throws

    /// Accepts an entry that ``load(_:)`` reported as rolled back, for one who will replace it with a newer one.
    /// Stores that cannot notice have nothing to do.
    func adopt(_ name: StorageName) async throws

    /// Removes an entry whatever its version, and although ``load(_:)`` may refuse it: for a new login in its place.
    func discard(_ name: StorageName) async throws
}

extension TokenStore {
    /// Sets nothing aside.
    public func reserve(_ byteCount: Int, for name: StorageName) async throws {}
    /// Does nothing.
    public func adopt(_ name: StorageName) async throws {}

    /// Removes what is there, again if somebody else replaces it meanwhile.
    public func discard(_ name: StorageName) async throws {
        for _ in 0..<16 {
            guard let entry = try await load(name) else { return }
            do {
                return try await remove(name, replacing: entry.version)
            } catch is TokenStoreConflict {
                continue
            }
        }
        throw TesseraError(
            .storeFailed, "an entry could not be removed: others go on writing it", remedy: "stop them, then try again")
    }
}

/// A store that several processes or machines share, and that lets one of them at a time renew an entry.
public protocol LeasingTokenStore: TokenStore {
    /// The clock of the store, which all its users share: expiries and leases are reckoned on it.
    func storeTime() async throws -> StoreTime

    /// Takes the lease of a name, waiting for its holder until `deadline`.
    ///
    /// Saving needs no lease: an answer that comes late is committed by its version alone.
    ///
    /// - Returns: The lease; nil when it was not to be had in time.
    func lease(_ name: StorageName, until deadline: MonotonicInstant, runtime: Runtime) async throws
        -> (any StoreLease)?
}

/// The right to renew an entry, held by one process at a time.
public protocol StoreLease: Sendable {
    /// Grows with each holder of the name's lease.
    var fence: UInt64 { get }
    /// Whether the lease ends only when its holder releases it or is dead (a kernel lock), so that having it proves
    /// that no earlier holder is alive. False for leases that end by time.
    var provesHoldersDeath: Bool { get }
    /// When the lease ends on the monotonic clock unless renewed; nil for leases that do not end by time.
    var end: MonotonicInstant? { get }
    /// Prolongs the lease and returns its new end. Throws when it was lost.
    func renew() async throws -> MonotonicInstant?
    /// Gives the lease back. A lease that is dropped is given back too.
    func release() async
}

/// An entry as it is stored.
public struct StoredEntry: Sendable, Hashable {
    /// What was saved.
    public var bytes: [UInt8]
    /// The version that ``TokenStore/save(_:for:replacing:)`` must name to replace it.
    public var version: StoreVersion

    /// An entry of the given parts.
    public init(bytes: [UInt8], version: StoreVersion) {
        self.bytes = bytes
        self.version = version
    }
}

/// The version of an entry: opaque, compared for equality only.
public struct StoreVersion: Sendable, Hashable, Codable {
    /// The store's own notation.
    public var value: String

    /// A version in the store's notation.
    public init(_ value: String) {
        self.value = value
    }
}

/// A reading of a store's clock.
public struct StoreTime: Sendable, Hashable, Codable {
    /// The time.
    public var time: Timestamp
    /// What must be equal for two readings to be comparable, for example the boot id of a machine; nil if all are.
    public var epoch: String?

    /// A reading.
    public init(_ time: Timestamp, epoch: String? = nil) {
        self.time = time
        self.epoch = epoch
    }
}

/// What a finished write survives.
public enum TokenStoreDurability: String, Sendable, Hashable, Codable {
    /// A crash of the machine.
    case durable
    /// Nothing; a rotating refresh token is not entrusted to such a store unless that is asked for by name.
    case volatile
}

/// The entry was replaced or removed by somebody else.
public struct TokenStoreConflict: Error, Sendable, Hashable {
    /// The conflict.
    public init() {}
}
