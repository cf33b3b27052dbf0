#if OAuth
public import TesseraCore

/// A store of files that the processes of one user on one machine share: one file an entry, and locks of the kernel.
///
/// The entries are encrypted by the layer above. The store sees to it that a finished save survives a loss of power,
/// that a failed one changes nothing, that one process at a time renews an entry, and that a copied or restored store is
/// noticed before an old refresh token is sent. `docs/stores.md` says what it cannot do.
public final class FileTokenStore: LeasingTokenStore, CustomStringConvertible, CustomReflectable {
    private let entries: FileEntries
    private let runtime: Runtime
    private let work: BlockingWork

    /// What a finished save survives: a crash of the machine, unless the directory is on a file system in memory.
    public let durability: TokenStoreDurability

    /// A store in a directory, which is made if need be, with mode 700.
    ///
    /// - Parameters:
    ///   - directory: An absolute path; nil for `$XDG_STATE_HOME/tessera`, or `~/.local/state/tessera`.
    ///   - options: Exceptions by name.
    ///   - runtime: The clock and the randomness.
    /// - Throws: ``TesseraError`` with code ``TesseraError/Code/storeInsecure`` when the directory, or one above it, can
    ///   be exchanged or read by other users, or is on a file system that is not known to be local;
    ///   ``TesseraError/Code/misconfigured`` or ``TesseraError/Code/storeFailed``.
    public convenience init(
        directory: String? = nil, options: Options = Options(), runtime: Runtime = .current
    ) throws {
        try self.init(directory: directory, options: options, runtime: runtime, work: .ownThreads())
    }

    init(
        directory: String? = nil, options: Options = Options(), runtime: Runtime = .current, work: BlockingWork,
        hook: @escaping FileStepHook = { _ in }
    ) throws {
        let path = try directory ?? StateDirectory.path(environment: FileCalls.environment)
        let place = FilePlace(path: path, options: options)
        let isVolatile = try place.open(creating: true)?.fileSystem.isVolatile ?? true
        durability = isVolatile ? .volatile : .durable
        entries = FileEntries(place: place, hook: hook, longest: FileTokenStore.longestEntry)
        self.runtime = runtime
        self.work = work
    }

    /// The longest entry that is kept, in bytes.
    public static let longestEntry = 2_097_152

    /// Reads an entry.
    ///
    /// - Throws: ``TesseraError``; ``TesseraError/Code/storeCopied`` and ``TesseraError/Code/storeRolledBack`` when the
    ///   file is not the one that was written last in this place.
    public func load(_ name: StorageName) async throws -> StoredEntry? {
        let entries = entries
        let frame = try await work.run(name.text) { try entries.read(name) }
        return frame.map { StoredEntry(bytes: $0.bytes, version: $0.version) }
    }

    /// Writes an entry: on the disk when this returns.
    public func save(
        _ bytes: [UInt8], for name: StorageName, replacing version: StoreVersion?
    ) async throws -> StoreVersion {
        let (entries, nonce) = (entries, runtime.random())
        return try await locked(name) { lock in
            try entries.write(bytes, for: name, replacing: version, lock, nonce: nonce)
        }
    }

    /// Removes an entry, and what a write that did not end may have left. The lock files stay; they hold numbers only.
    public func remove(_ name: StorageName, replacing version: StoreVersion) async throws {
        let entries = entries
        try await locked(name) { try entries.remove(name, replacing: version, $0) }
    }

    /// Sets space aside for the version after the next.
    public func reserve(_ byteCount: Int, for name: StorageName) async throws {
        let entries = entries
        try await locked(name) { try entries.reserve(byteCount, for: name, $0) }
    }

    /// Accepts an entry that was copied here or put back. Writes it again as the newest version.
    public func adopt(_ name: StorageName) async throws {
        let (entries, nonce) = (entries, runtime.random())
        try await locked(name) { try entries.adopt(name, $0, nonce: nonce) }
    }

    /// Removes an entry, whatever is wrong with it: for a new login in its place.
    public func discard(_ name: StorageName) async throws {
        let entries = entries
        try await locked(name) { try entries.discard(name, $0) }
    }

    /// Accepts every entry of a directory that was copied or restored on purpose.
    ///
    /// The original must not be used any more: whoever refreshes second loses the login, and many servers end it for
    /// both. Entries that were edited stay refused.
    ///
    /// - Returns: How many entries were accepted.
    public func adoptCopy() async throws -> Int {
        let entries = entries
        let names = try await work.run("") { try entries.names() }
        for name in names { try await adopt(name) }
        return names.count
    }

    /// The wall clock; the epoch is the machine's boot.
    public func storeTime() async throws -> StoreTime {
        StoreTime(runtime.wallTime(), epoch: MachineIdentity.boot)
    }

    /// Takes the lease of an entry. It ends when it is given back or the process is dead, and not by time.
    public func lease(
        _ name: StorageName, until deadline: MonotonicInstant, runtime: Runtime
    ) async throws -> (any StoreLease)? {
        let place = entries.place
        return try await LockWait(runtime).first(until: deadline) { [work] () async throws -> FileStoreLease? in
            try await work.run(name.text) {
                guard let lock = try FileLock.attempt(FileEntries.leaseName(name), at: place) else { return nil }
                return try FileStoreLease(lock, runtime: runtime)
            }
        }
    }

    private func locked<Result: Sendable>(
        _ name: StorageName, _ body: @escaping @Sendable (FileLock) throws -> Result
    ) async throws -> Result {
        let place = entries.place
        let deadline = runtime.now().advanced(by: place.options.longestWait)
        let result = try await LockWait(runtime).first(until: deadline) { [work] () async throws -> Result? in
            try await work.run(name.text) {
                // Taken and given back within one call, so that no pause of a task can keep it.
                guard let lock = try FileLock.attempt(FileEntries.lockName(name), at: place) else { return nil }
                return try body(lock)
            }
        }
        guard let result else {
            throw StoreFailure.failed(
                "another process has kept the lock of an entry for \(place.options.longestWait.brief)",
                remedy: "find a stopped process that uses the store at \(place.path)")
        }
        return result
    }

    /// The directory.
    public var description: String { "FileTokenStore(\(entries.place.path))" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension FileEntries {
    /// The names of all entries.
    func names() throws -> [StorageName] {
        guard let opened = try place.open(creating: false) else { return [] }
        do throws(FileCalls.Failure) {
            return try FileCalls.names(in: opened.directory.number, limit: 1_000_000)
                .filter { $0.hasSuffix(".login") }.compactMap { StorageName(String($0.dropLast(6))) }
        } catch {
            throw StoreFailure.file(error, "the store cannot be listed")
        }
    }
}
#endif
