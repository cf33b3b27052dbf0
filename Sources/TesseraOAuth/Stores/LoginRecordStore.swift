#if OAuth
import TesseraCore

/// What rotation needs of a store: typed records, a lease and a clock. `SealedLoginStore` puts it on top of every
/// ``TokenStore``; simulations have their own.
protocol LoginRecordStore: Sendable {
    /// What a finished save survives.
    var durability: TokenStoreDurability { get }
    /// Reads a login's record; nil when there is none.
    func load(_ key: TokenKey) async throws -> StoredLogin?
    /// Writes a record if the stored version is `version`; throws ``TokenStoreConflict`` when it is another.
    func save(_ record: LoginRecord, for key: TokenKey, replacing version: StoreVersion?) async throws -> StoreVersion
    /// Removes a record if its version is `version`; throws ``TokenStoreConflict`` when it is another.
    func remove(_ key: TokenKey, replacing version: StoreVersion) async throws
    /// Takes the lease of a login, waiting until `deadline`; nil when it was not to be had in time.
    func lease(_ key: TokenKey, until deadline: MonotonicInstant, runtime: Runtime) async throws -> (any StoreLease)?
    /// The clock of the store.
    func storeTime() async throws -> StoreTime
    /// Accepts an entry that the store reported as rolled back, so that it can be replaced.
    func adopt(_ key: TokenKey) async throws
    /// Removes an entry even if it cannot be read: a new login takes its place.
    func discard(_ key: TokenKey) async throws
    /// A keyed hash of a refresh token, the same in all processes that share the store's key.
    func tag(of secret: Secret) async throws -> String
}

/// A record as it was read.
struct StoredLogin: Sendable {
    var record: LoginRecord
    /// What a save must name to replace it.
    var version: StoreVersion
}
#endif
