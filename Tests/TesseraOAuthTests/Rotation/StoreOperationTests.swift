#if OAuth
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// A store that writes down what is asked of it.
private final class CountingStore: LeasingTokenStore {
    private let store: MemoryTokenStore
    private let calls = Mutex<[String]>([])

    init(_ store: MemoryTokenStore) {
        self.store = store
    }

    func takeCalls() -> [String] {
        calls.withLock { calls in
            defer { calls = [] }
            return calls
        }
    }

    private func note(_ call: String) { calls.withLock { $0.append(call) } }

    var durability: TokenStoreDurability { store.durability }

    func storeTime() async throws -> StoreTime {
        note("time")
        return try await store.storeTime()
    }

    func load(_ name: StorageName) async throws -> StoredEntry? {
        note("load")
        return try await store.load(name)
    }

    func save(_ bytes: [UInt8], for name: StorageName, replacing version: StoreVersion?) async throws -> StoreVersion {
        note("save")
        return try await store.save(bytes, for: name, replacing: version)
    }

    func remove(_ name: StorageName, replacing version: StoreVersion) async throws {
        note("remove")
        try await store.remove(name, replacing: version)
    }

    func reserve(_ byteCount: Int, for name: StorageName) async throws {
        note("reserve")
        try await store.reserve(byteCount, for: name)
    }

    func lease(
        _ name: StorageName, until deadline: MonotonicInstant, runtime: Runtime
    ) async throws -> (any StoreLease)? {
        note("lease")
        return try await store.lease(name, until: deadline, runtime: runtime)
    }
}

@Suite struct `Store operations` {
    /// What docs/stores.md says of them.
    @Test func `a renewal reads once and writes twice; who comes after it reads once`() async throws {
        try await withVirtualTime { time in
            var configuration = HostileAuthorizationServer.Configuration(rotation: .strict)
            configuration.accessTokenLifetime = .seconds(60)
            let scenario = LoginScenario(time, configuration, .strict)
            let store = CountingStore(scenario.store)
            func source(_ login: HostileAuthorizationServer.Login) async throws -> LoginTokenSource {
                try await scenario.client().tokenSource(
                    TokenSet(refreshToken: login.refreshToken), subject: "alice", store: store, keys: scenario.keys,
                    settings: scenario.settings)
            }
            let login = scenario.server.logIn()
            let first = try await source(login)
            let second = try await source(login)
            _ = try await time.run { try await first.accessToken() }
            await time.settle()
            _ = store.takeCalls()

            await time.advance(by: .seconds(61))
            _ = try await time.run { try await first.accessToken() }
            await time.settle()
            #expect(store.takeCalls() == ["lease", "time", "load", "reserve", "save", "save"])

            _ = try await time.run { try await second.accessToken() }
            await time.settle()
            #expect(store.takeCalls() == ["time", "load"])
            #expect(scenario.server.log.tokenRequests.count == 2)
        }
    }
}
#endif
