#if OAuth
import Synchronization
import TesseraCore
import TesseraTesting

@testable import TesseraOAuth

/// A person's login at a hostile server, in virtual time, with everything that its processes wrote down.
final class LoginScenario: Sendable {
    let server: HostileAuthorizationServer
    let store: MemoryTokenStore
    let keys = StoreKeys(.value(StoreKeys.generate()))
    let profile: ProviderProfile
    private let entries = Mutex<[RotationJournal.Entry]>([])

    init(_ time: VirtualTime, _ configuration: HostileAuthorizationServer.Configuration, _ profile: ProviderProfile) {
        var configuration = configuration
        configuration.accessTokenLifetime = configuration.accessTokenLifetime ?? .seconds(60)
        server = HostileAuthorizationServer(configuration)
        store = MemoryTokenStore(runtime: time.runtime)
        self.profile = profile
    }

    var journal: [RotationJournal.Entry] { entries.withLock { $0 } }
    var kinds: [RotationJournal.Kind] { journal.map(\.step.kind) }

    func client(_ authentication: ClientAuthentication = .publicClient) throws -> OAuthClient {
        try OAuthClient(
            issuer: "https://login.test", id: "client", authentication: authentication,
            tokenEndpoint: "https://login.test/token", revocationEndpoint: "https://login.test/revoke",
            transport: server)
    }

    var settings: LoginSettings {
        var settings = LoginSettings()
        settings.profile = profile
        settings.allowsVolatileStore = true
        settings.journal = RotationJournal { [self] entry in entries.withLock { $0.append(entry) } }
        return settings
    }

    /// The source of one process; each call is another process on the same store.
    func process(_ login: HostileAuthorizationServer.Login, withAccess: Bool = false) async throws -> LoginTokenSource {
        try await client().tokenSource(
            TokenSet(
                refreshToken: login.refreshToken, accessToken: withAccess ? login.accessToken : nil,
                lifetime: login.lifetime), subject: "alice", store: store, keys: keys, settings: settings)
    }

    /// The same login without its tokens.
    func reopened() async throws -> LoginTokenSource {
        try await client().tokenSource(subject: "alice", store: store, keys: keys, settings: settings)
    }

    var record: LoginRecord? {
        get async throws {
            try await SealedLoginStore(store, keys: keys).load(
                .user(issuer: "\(client().issuer)", client: "client", subject: "alice"))?.record
        }
    }

    /// What the checker says of the journals and the server's log together.
    func violations(isFaultFree: Bool = false, allowsOverlap: Bool = false) -> [String] {
        let journal = journal
        var tags: [UInt64: String] = [:]
        for entry in journal where entry.step.kind == .sending {
            if let generation = entry.step.generation { tags[generation] = entry.step.tokenTag }
        }
        let server = server.log.tokenRequests.map { request in
            RotationChecker.ServerEntry(
                tokenTag: request.generation.flatMap { tags[$0] } ?? "unknown",
                time: Timestamp(nanoseconds: request.arrived.nanoseconds),
                isAccepted: request.outcomes.contains(.done) || request.outcomes.contains(.repeated))
        }
        var checker = RotationChecker(journal: journal, server: server)
        checker.isFaultFree = isFaultFree
        checker.allowsOverlap = allowsOverlap
        return checker.violations()
    }
}
#endif
