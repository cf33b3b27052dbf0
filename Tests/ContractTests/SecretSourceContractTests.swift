import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@Suite struct `The contract of secret sources` {
    /// A source whose secret a test can change, with one defect.
    final class BrokenSource: SecretSource, CustomStringConvertible {
        enum Defect: String, CaseIterable {
            case none, another, alternates, losesSomeOfMany, showsItself, remembers, emptyWhenMissing, ownError
            case ownErrorWhenCancelled, hangs
        }

        let defect: Defect
        private let state: Mutex<(secret: Secret?, asked: Int)>
        private let first: Secret?

        init(_ secret: Secret?, _ defect: Defect) {
            (self.defect, first) = (defect, secret)
            state = Mutex((secret, 0))
        }

        struct Own: Error {}

        func set(_ secret: Secret) { state.withLock { $0.secret = secret } }

        func secret() async throws -> Secret {
            let (now, asked) = state.withLock { state in
                state.asked += 1
                return (state.secret, state.asked)
            }
            switch defect {
            case .another: return Secret.fixture("quite another secret")
            case .alternates where asked.isMultiple(of: 2): return Secret.fixture("the other of two secrets")
            case .losesSomeOfMany where asked > 50: throw Own()
            case .remembers: if let first { return first }
            case .emptyWhenMissing where now == nil: return Secret(bytes: [])
            case .ownError where now == nil: throw Own()
            case .ownErrorWhenCancelled: if Task.isCancelled { throw Own() }
            case .hangs: await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
            default: break
            }
            guard let now else { throw TesseraError(.secretUnavailable, "there is no secret") }
            return now
        }

        var description: String {
            defect == .showsItself
                ? "source of \(state.withLock { $0.secret }.map { $0.withExposedBytes { String(decoding: $0, as: UTF8.self) } } ?? "")"
                : "source"
        }
    }

    static let catchers: [BrokenSource.Defect: String] = [
        .another: "byte for byte", .alternates: "the same secret each time", .losesSomeOfMany: "100 tasks",
        .showsItself: "does not show the secret", .remembers: "a rotated secret is seen",
        .emptyWhenMissing: "secretUnavailable", .ownError: "secretUnavailable",
        .ownErrorWhenCancelled: "cancelled ends",
        .hangs: "byte for byte",
    ]

    private func subject(_ defect: BrokenSource.Defect) -> SecretSourceSubject {
        let secret = Canary().secret
        let source = BrokenSource(secret, defect)
        return SecretSourceSubject(
            source, holds: secret, rotate: { source.set($0) }, missing: BrokenSource(nil, defect))
    }

    @Test(arguments: BrokenSource.Defect.allCases.filter { $0 != .none }) func `each defect is caught`(
        defect: BrokenSource.Defect
    ) async throws {
        let words = try #require(Self.catchers[defect])
        let checks = SecretSourceContract.checks.filter { $0.name.contains(words) }
        try #require(checks.count == 1)
        let outcome = await checks[0].run(
            on: subject(defect), patience: defect == .hangs ? .milliseconds(50) : .seconds(20))
        guard case .violated = outcome else {
            Issue.record("\(defect) got through: \(outcome)")
            return
        }
    }

    @Test(arguments: SecretSourceContract.checks) func `the same source without a defect passes`(
        check: SecretSourceCheck
    ) async {
        guard case .kept = await check.run(on: subject(.none)) else {
            Issue.record("\(check)")
            return
        }
    }

    @Test(arguments: SecretSourceContract.checks) func `the project's own sources keep it`(check: SecretSourceCheck)
        async
    {
        let secret = Canary().secret
        let fixed = SecretSourceSubject(
            .value(secret), holds: secret, missing: EnvironmentSecretSource("TESSERA_IS_NOT_SET"))
        if case .violated(let violation) = await check.run(on: fixed) { Issue.record("\(check): \(violation)") }
    }

    @Test func `what a subject has not is not asked for, and is no pass`() async {
        let bare = SecretSourceSubject(.value(Canary().secret), holds: Canary().secret)
        for check in SecretSourceContract.checks.filter({
            $0.name.contains("rotated") || $0.name.contains("secretUnavailable")
        }) {
            guard case .notApplicable = await check.run(on: bare) else {
                Issue.record("\(check)")
                continue
            }
        }
    }
}
