import Synchronization
public import TesseraCore

/// One promise of ``TesseraCore/TokenStore``, and the experiment that shows whether a store keeps it.
public struct TokenStoreCheck: Sendable, CustomStringConvertible {
    /// The promise as a sentence; unique within the contract.
    public let name: String
    /// Whether it is asked only of stores with leases.
    public let needsLeases: Bool

    private let experiment: @Sendable (TokenStoreUsers) async throws -> Void

    init(
        _ name: String, needsLeases: Bool = false,
        _ experiment: @escaping @Sendable (TokenStoreUsers) async throws -> Void
    ) {
        self.name = name
        self.needsLeases = needsLeases
        self.experiment = experiment
    }

    /// What a check found out.
    public enum Outcome: Sendable {
        /// The promise was kept.
        case kept
        /// It was not.
        case violated(ContractViolation)
        /// The check is about leases, and the store has none.
        case hasNoLeases
    }

    /// Runs the check.
    ///
    /// - Parameters:
    ///   - open: Gives another user of the same data with each call. A check uses names that no other one uses.
    ///   - patience: After this time the check is given up as hanging, though what hangs may go on.
    public func run(
        patience: Duration = .seconds(30), _ open: @escaping @Sendable () async throws -> any TokenStore
    ) async -> Outcome {
        do {
            let first = try await open()
            if needsLeases, !(first is any LeasingTokenStore) { return .hasNoLeases }
            let users = TokenStoreUsers(open: open)
            try await Patience.wait(patience) { try await experiment(users) }
            return .kept
        } catch let violation as ContractViolation {
            return .violated(violation)
        } catch is TokenStoreConflict {
            return .violated(ContractViolation(expected: "success", seen: "TokenStoreConflict"))
        } catch {
            return .violated(ContractViolation(expected: "success", seen: "\(error)"))
        }
    }

    /// The name.
    public var description: String { name }
}

/// The users of one store in one check.
struct TokenStoreUsers: Sendable {
    let open: @Sendable () async throws -> any TokenStore
    private let token = String(UInt64.random(in: .min ... .max), radix: 16)

    init(open: @escaping @Sendable () async throws -> any TokenStore) {
        self.open = open
    }

    /// A name that only this run of this check has.
    func name(_ text: String = "entry") throws -> StorageName {
        guard let name = StorageName("\(text)-\(token)") else {
            throw ContractViolation(expected: "a storage name", seen: text)
        }
        return name
    }

    func leasing() async throws -> any LeasingTokenStore {
        guard let store = try await open() as? any LeasingTokenStore else {
            throw ContractViolation(expected: "a LeasingTokenStore each time", seen: "a store without leases")
        }
        return store
    }

    /// A time to wait in vain, short, and one that is enough for what must succeed.
    static let brief = Duration.milliseconds(200)
    static let ample = Duration.seconds(8)

    func deadline(_ wait: Duration) -> MonotonicInstant { Runtime.system.now().advanced(by: wait) }

    /// A lease that must be had.
    func take(_ name: StorageName, of store: any LeasingTokenStore) async throws -> any StoreLease {
        let lease = try await store.lease(name, until: deadline(TokenStoreUsers.ample), runtime: .system)
        guard let lease else { throw ContractViolation(expected: "the lease, which nobody holds", seen: "none") }
        return lease
    }

    /// Whether a lease is to be had within a short time; it is given back at once.
    func isFree(_ name: StorageName, of store: any LeasingTokenStore) async throws -> Bool {
        let lease = try await store.lease(name, until: deadline(TokenStoreUsers.brief), runtime: .system)
        await lease?.release()
        return lease != nil
    }
}

/// Throws a violation unless `body` throws a conflict.
func requireConflict(_ what: String, _ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch is TokenStoreConflict {
        return
    } catch {
        throw ContractViolation(expected: "\(what): TokenStoreConflict", seen: "\(error)")
    }
    throw ContractViolation(expected: "\(what): TokenStoreConflict", seen: "success")
}

/// A number that the tasks of a check share.
final class SharedCount: Sendable {
    private let state = Mutex(0)

    var value: Int { state.withLock { $0 } }

    /// - Returns: The number before.
    @discardableResult
    func add(_ number: Int) -> Int {
        state.withLock { count in
            defer { count += number }
            return count
        }
    }
}
