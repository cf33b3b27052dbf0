/// Keeps entries of bytes under a ``TokenKey``, and replaces them only if nobody else has in the meantime.
///
/// A store knows nothing of tokens: what it keeps is already encrypted by the layer above. Names of files, rows or keys
/// must not show a subject (threat C3); use ``TokenKey/storageName(_:)``'s keyed hash. The contract suite in
/// TesseraTesting checks every promise made here.
public protocol TokenStore: Sendable {
    /// What a finished ``save(_:for:replacing:)`` survives.
    var durability: TokenStoreDurability { get }

    /// Reads an entry; nil when there is none.
    ///
    /// - Throws: ``TesseraError`` when the store cannot be read.
    func load(_ key: TokenKey) async throws -> StoredEntry?

    /// Writes an entry if the stored version is `version`; nil means that there is no entry.
    ///
    /// When this returns, the entry is as durable as ``durability`` says. When it throws, the old entry is there whole,
    /// or (after a ``TesseraError`` of another kind than a conflict) possibly the new one, whole as well.
    ///
    /// - Returns: The version of the new entry, never one that an earlier entry of this key had.
    /// - Throws: ``TokenStoreConflict`` when the stored version is another; ``TesseraError`` when the store fails.
    func save(_ bytes: [UInt8], for key: TokenKey, replacing version: StoreVersion?) async throws -> StoreVersion

    /// Removes an entry if its version is `version`.
    ///
    /// - Throws: As ``save(_:for:replacing:)`` does.
    func remove(_ key: TokenKey, replacing version: StoreVersion) async throws
}

/// A store that several processes or machines share, and that lets one of them at a time renew an entry.
public protocol LeasingTokenStore: TokenStore {
    /// The clock of the store, which all its users share: expiries and leases are reckoned on it.
    func storeTime() async throws -> StoreTime

    /// Takes the lease of a key, waiting for its holder until `deadline`.
    ///
    /// - Returns: The lease; nil when it was not to be had in time.
    func lease(_ key: TokenKey, until deadline: MonotonicInstant, runtime: Runtime) async throws -> (any StoreLease)?
}

/// The right to renew an entry, held by one process at a time.
public protocol StoreLease: Sendable {
    /// Grows with each holder of the key's lease.
    var fence: UInt64 { get }
    /// Whether the lease ends only when its holder releases it or is dead (a kernel lock), so that having it proves
    /// that no earlier holder is alive. False for leases that end by time.
    var provesHoldersDeath: Bool { get }
    /// When the lease ends on the monotonic clock unless renewed; nil for leases that do not end by time.
    var end: MonotonicInstant? { get }
    /// Prolongs the lease and returns its new end. Throws when it was lost.
    func renew() async throws -> MonotonicInstant?
    /// Gives the lease back.
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
