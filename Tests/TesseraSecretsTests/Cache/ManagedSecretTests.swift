#if Secrets
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraSecrets

/// A manager in memory that answers after a while.
private final class SlowManager: SecretManager {
    struct Contents {
        var answer: Result<SecretValue, TesseraError>
        var fetches = 0
        var isStuck = false
    }

    let name = "slow-manager"
    let contents: Mutex<Contents>

    init(_ secret: Secret) {
        contents = Mutex(Contents(answer: .success(SecretValue(secret, version: "v"))))
    }

    var fetches: Int { contents.withLock { $0.fetches } }

    func hold(_ answer: Result<SecretValue, TesseraError>) {
        contents.withLock { $0.answer = answer }
    }

    func fetch(_ reference: SecretReference, _ context: SecretFetch) async throws -> SecretValue {
        let isStuck = contents.withLock { contents in
            contents.fetches += 1
            return contents.isStuck
        }
        try await context.runtime.sleep(context.runtime.now().advanced(by: isStuck ? .seconds(9000) : .seconds(1)))
        return try contents.withLock { $0.answer }.get()
    }
}

private final class Trail: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    var observer: SecretObserver {
        SecretObserver { event, manager, secret in self.lines.withLock { $0.append("\(manager) \(secret): \(event)") } }
    }
}

@Suite struct `Managed secret` {
    @Test(arguments: SecretSourceContract.checks)
    func `keeps the contract`(check: SecretSourceCheck) async throws {
        let canary = Canary().secret
        let manager = QuickManager(canary)
        var policy = SecretCachePolicy()
        policy.lifetime = .zero
        policy.advisoryWindow = .zero
        let subject = SecretSourceSubject(
            manager.secret("prod/token", cache: policy), holds: canary, rotate: { manager.hold($0) },
            missing: QuickManager(nil).secret("prod/token"))
        if case .violated(let violation) = await check.run(on: subject) { Issue.record("\(violation)") }
    }

    @Test func `1,000 who ask at the same time cost one fetch`() async throws {
        try await withVirtualTime { time in
            let manager = SlowManager(Secret.fixture("the-one-secret"))
            let source = manager.secret("prod/token")
            try await time.run {
                try await withThrowingTaskGroup(of: Secret.self) { group in
                    for _ in 0..<1000 { group.addTask { try await source.secret() } }
                    for try await secret in group { #expect(secret == Secret.fixture("the-one-secret")) }
                }
            }
            #expect(manager.fetches == 1)
        }
    }

    @Test func `who is cancelled leaves, and the fetch goes on for the others`() async throws {
        try await withVirtualTime { time in
            let manager = SlowManager(Secret.fixture("the-one-secret"))
            let source = manager.secret("prod/token")
            let runtime = Runtime.current
            let (wasCancelled, secret) = try await time.run {
                async let other = source.secret()
                let wasCancelled = await withTaskGroup(of: Bool.self) { group in
                    group.addTask {
                        do {
                            _ = try await source.secret()
                            return false
                        } catch {
                            return error is CancellationError
                        }
                    }
                    try? await runtime.sleep(runtime.now().advanced(by: .milliseconds(100)))
                    group.cancelAll()
                    return await group.next() ?? false
                }
                return (wasCancelled, try await other)
            }
            #expect(wasCancelled)
            #expect(secret == Secret.fixture("the-one-secret"))
            #expect(manager.fetches == 1)
        }
    }

    @Test func `a manager that never answers sends those who wait away in time`() async throws {
        try await withVirtualTime { time in
            let manager = SlowManager(Secret.fixture("the-one-secret"))
            manager.contents.withLock { $0.isStuck = true }
            let source = manager.secret("prod/token")
            let runtime = Runtime.current
            let (error, waited) = try await time.run {
                let began = runtime.now()
                let error = await #expect(throws: TesseraError.self) { try await source.secret() }
                return (error, began.duration(to: runtime.now()))
            }
            #expect(error?.code == .timeout)
            #expect(waited == .seconds(20))
        }
    }

    @Test func `every read is on the trail, with the name and without the value`() async throws {
        try await withVirtualTime { time in
            let trail = Trail()
            let manager = SlowManager(Secret.fixture("the-one-secret"))
            let source = manager.secret("prod/token", observers: [trail.observer])
            _ = try await time.run { try await source.secret() }
            _ = try await source.secret()
            await time.advance(by: .seconds(301))
            manager.hold(.failure(TesseraError(.connection, "down")))
            _ = try await time.run { try await source.secret() }
            let events = trail.all.map { $0.replacing("slow-manager prod/token: ", with: "") }
            #expect(events.map { $0.prefix { $0 != "(" } } == ["fetched", "read", "read", "failed", "read"])
            #expect(events.last?.contains("stale") == true)
            #expect(!trail.all.joined().contains("the-one-secret"))
        }
    }

    @Test(
        arguments: [
            ("password", "s3cr3t", nil), ("missing", nil, "no text member missing"),
            ("port", nil, "no text member port"),
        ] as [(String, String?, String?)])
    func `one member of an object is taken`(member: String, value: String?, words: String?) async throws {
        try await withVirtualTime { time in
            let manager = SlowManager(Secret.fixture(#"{"password": "s3cr3t", "port": 5432}"#))
            let source = manager.secret("prod/database", member: member)
            let result: Result<Secret, any Error>
            do { result = .success(try await time.run { try await source.secret() }) } catch {
                result = .failure(error)
            }
            switch result {
            case .success(let secret):
                #expect(value.map { Secret.fixture($0) } == secret)
            case .failure(let error):
                let text = "\(error)"
                #expect(text.contains(words ?? "?"))
                #expect(!text.contains("s3cr3t"))
            }
        }
    }

    @Test func `a whole that is no object has no members, and is not shown`() async throws {
        try await withVirtualTime { time in
            let source = SlowManager(Secret.fixture("not-json-at-all")).secret("prod/database", member: "password")
            let error = await #expect(throws: TesseraError.self) { try await time.run { try await source.secret() } }
            #expect(error?.message.contains("no JSON object") == true)
            #expect(!"\(error as Any)".contains("not-json"))
        }
    }
}

/// A manager in memory that answers at once.
private final class QuickManager: SecretManager {
    let name = "quick-manager"
    private let value: Mutex<Secret?>

    init(_ secret: Secret?) {
        value = Mutex(secret)
    }

    func hold(_ secret: Secret) {
        value.withLock { $0 = secret }
    }

    func fetch(_ reference: SecretReference, _ context: SecretFetch) async throws -> SecretValue {
        guard let secret = value.withLock({ $0 }) else { throw TesseraError(.secretUnavailable, "no such secret") }
        return SecretValue(secret)
    }
}
#endif
