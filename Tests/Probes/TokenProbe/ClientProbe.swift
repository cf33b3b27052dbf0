#if NIO && OAuth
import Dispatch
import Synchronization
import TesseraCore
import TesseraNIO
import TesseraOAuth

/// A client with a login in a file store.
///
/// Options: `--issuer`, `--endpoint` and `--revocation` URLs, `--client` id, `--authentication basic|post`, `--store`
/// folder, `--journal` file, `--profile unknown|strict|never|omitted|grace:SECONDS`, `--park KIND` (stops for ever at
/// that step of the journal), `--full` file (as long as it exists, the store cannot be written). In the environment:
/// `TESSERA_PROBE_STORE_KEY`, and, where there are such, `TESSERA_PROBE_REFRESH_TOKEN` of a new login and
/// `TESSERA_PROBE_CLIENT_SECRET`.
struct ClientProbe {
    private struct Command: Decodable {
        var `do`: String
        var tasks: Int?
        var timeout: Int64?
    }

    struct Answer: Encodable {
        var tasks = 0
        var served = 0
        var generations: [UInt64] = []
        var errors: [String: Int] = [:]
        var message: String?
    }

    private let client: OAuthClient
    private let transport = NIOTransport.shared
    private let store: SometimesFullStore
    private let keys: StoreKeys
    private let settings: LoginSettings
    private let refreshToken: Secret?

    init(_ options: ProbeOptions) throws {
        let secret = try? Secret(environment: "TESSERA_PROBE_CLIENT_SECRET")
        client = try OAuthClient(
            issuer: try options.required("issuer"), id: options["client"] ?? "client",
            authentication: Self.authentication(secret, options["authentication"]),
            tokenEndpoint: try options.required("endpoint"), revocationEndpoint: options["revocation"],
            transport: transport)
        store = SometimesFullStore(
            store: try FileTokenStore(directory: try options.required("store")), full: options["full"])
        keys = StoreKeys(.environment("TESSERA_PROBE_STORE_KEY"))
        refreshToken = try? Secret(environment: "TESSERA_PROBE_REFRESH_TOKEN")
        let journal = try LineFile(try options.required("journal"))
        let park = options["park"]
        var settings = LoginSettings()
        settings.profile = try Self.profile(options["profile"] ?? "unknown")
        // The folder of a proof may be on a file system in memory.
        settings.allowsVolatileStore = true
        settings.tokens.requestBurst = 100_000
        settings.journal = RotationJournal { entry in
            do { try journal.append(entry) } catch { preconditionFailure("the journal: \(error)") }
            if entry.step.kind.rawValue == park { DispatchSemaphore(value: 0).wait() }
        }
        self.settings = settings
    }

    func run() async throws {
        let source = Mutex<LoginTokenSource?>(nil)
        for await line in Lines.commands() {
            let command = try Lines.decode(Command.self, line)
            switch command.do {
            case "begin":
                let begun = await outcome(tasks: 0) { _ = try await opened(source) }
                try Lines.answer(begun)
            case "ask":
                try Lines.answer(await ask(source, command))
            case "call":
                try Lines.answer(await call(source))
            case "logout":
                try Lines.answer(await outcome(tasks: 0) { _ = try await opened(source).logout() })
            case "invalidate":
                try Lines.answer(await outcome(tasks: 0) { _ = try await opened(source).tokens.invalidate() })
            case "quit":
                await source.withLock { $0 }?.shutdown()
                return
            default:
                throw ProbeFailure("unknown command \(command.do)")
            }
        }
    }

    private func opened(_ source: borrowing Mutex<LoginTokenSource?>) async throws -> LoginTokenSource {
        if let opened = source.withLock({ $0 }) { return opened }
        let opened =
            if let refreshToken {
                try await client.tokenSource(
                    TokenSet(refreshToken: refreshToken), subject: "somebody", store: store, keys: keys,
                    settings: settings)
            } else {
                try await client.tokenSource(subject: "somebody", store: store, keys: keys, settings: settings)
            }
        source.withLock { $0 = opened }
        return opened
    }

    private func outcome(tasks: Int, _ operation: () async throws -> Void) async -> Answer {
        var answer = Answer(tasks: tasks)
        do { try await operation() } catch { answer.add(error) }
        return answer
    }

    private func ask(_ source: borrowing Mutex<LoginTokenSource?>, _ command: Command) async -> Answer {
        let count = max(1, command.tasks ?? 1)
        var answer = Answer(tasks: count)
        let tokens: LoginTokenSource
        do {
            tokens = try await opened(source)
        } catch {
            for _ in 0..<count { answer.add(error) }
            return answer
        }
        let timeout = Duration.seconds(command.timeout ?? 60)
        await withTaskGroup(of: Result<UInt64, any Error>.self) { group in
            for _ in 0..<count {
                group.addTask {
                    do { return .success(try await tokens.accessToken(within: timeout).generation) } catch {
                        return .failure(error)
                    }
                }
            }
            for await result in group {
                switch result {
                case .success(let generation):
                    answer.served += 1
                    if !answer.generations.contains(generation) { answer.generations.append(generation) }
                case .failure(let error):
                    answer.add(error)
                }
            }
        }
        return answer
    }

    /// Asks the protected resource, with the token on the wire.
    private func call(_ source: borrowing Mutex<LoginTokenSource?>) async -> Answer {
        var answer = Answer(tasks: 1)
        do {
            let api = try Session(
                "\(client.issuer.origin)", auth: .oauth(try await opened(source)), transport: transport)
            _ = try await api.get("/me")
            answer.served = 1
        } catch {
            answer.add(error)
        }
        return answer
    }

    private static func authentication(_ secret: Secret?, _ method: String?) -> ClientAuthentication {
        guard let secret else { return .publicClient }
        return method == "post" ? .secretPost(secret) : .secretBasic(secret)
    }

    private static func profile(_ text: String) throws -> ProviderProfile {
        switch text {
        case "unknown", "strict": return .strict
        case "never", "omitted": return .nonRotating
        default:
            guard text.hasPrefix("grace:"), let seconds = Int64(text.dropFirst(6)) else {
                throw ProbeFailure("--profile \(text)?")
            }
            return ProviderProfile(name: "grace", rotation: .rotates, grace: .seconds(seconds))
        }
    }
}

extension ClientProbe.Answer {
    mutating func add(_ error: any Error) {
        guard let error = error as? TesseraError else {
            errors["\(type(of: error))", default: 0] += 1
            return
        }
        let reason = error.loginReason.map { "/\($0.rawValue)" } ?? ""
        errors["\(error.code.rawValue)\(reason)", default: 0] += 1
        message = error.message
    }
}

/// A store whose disk is full as long as a file exists.
struct SometimesFullStore: LeasingTokenStore {
    let store: FileTokenStore
    let full: String?

    var durability: TokenStoreDurability { store.durability }

    func load(_ name: StorageName) async throws -> StoredEntry? { try await store.load(name) }

    func save(_ bytes: [UInt8], for name: StorageName, replacing version: StoreVersion?) async throws -> StoreVersion {
        if let full, LineFile.exists(full) { throw TesseraError(.storeFailed, "the disk is full") }
        return try await store.save(bytes, for: name, replacing: version)
    }

    func remove(_ name: StorageName, replacing version: StoreVersion) async throws {
        try await store.remove(name, replacing: version)
    }

    func reserve(_ byteCount: Int, for name: StorageName) async throws { try await store.reserve(byteCount, for: name) }

    func adopt(_ name: StorageName) async throws { try await store.adopt(name) }

    func discard(_ name: StorageName) async throws { try await store.discard(name) }

    func storeTime() async throws -> StoreTime { try await store.storeTime() }

    func lease(
        _ name: StorageName, until deadline: MonotonicInstant, runtime: Runtime
    ) async throws -> (any StoreLease)? {
        try await store.lease(name, until: deadline, runtime: runtime)
    }
}
#else
/// Without a transport there is no client.
struct ClientProbe {
    init(_ options: ProbeOptions) throws {}

    func run() async throws {
        throw ProbeFailure("this build has no transport; build with the trait NIO")
    }
}
#endif
