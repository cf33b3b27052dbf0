import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@Suite struct `The contract of authenticators` {
    /// An API key that is renewed when it is refused, with one defect.
    final class BrokenAuthenticator: Authenticator, CustomStringConvertible {
        enum Defect: String, CaseIterable {
            case none, nothing, forOthersOnly, forEverybody, framesTheMessage, emptyValue, sendsTheCall, losesSomeOfMany
            case throwsAtChallenges, replaysTheSame, ownErrorWhenCancelled, showsItself, holdsTheRefused, hangs
        }

        struct Own: Error {}
        let defect: Defect
        private let state = Mutex((key: Canary().secret, asked: 0))
        private let firstKey = Canary().secret

        init(_ defect: Defect) { self.defect = defect }

        func credential(for attempt: AttemptContext) async throws -> Credential? {
            let (key, asked) = state.withLock { state in
                state.asked += 1
                return (state.key, state.asked)
            }
            if defect == .holdsTheRefused, asked == 1 { return try .header(.authorization, firstKey) }
            var name = HTTPField.Name("X-Key").flatMap { $0 } ?? .authorization
            var origins: OriginSet? = try OriginSet("https://api.test")
            switch defect {
            case .nothing: return nil
            case .forOthersOnly: origins = try OriginSet("https://other.test")
            case .forEverybody: origins = origins?.union(OriginSet(attempt.origin))
            case .framesTheMessage: name = .connection
            case .emptyValue:
                return Credential(fields: SealedFields([HTTPField(name: name, value: "")]), origins: origins)
            case .losesSomeOfMany where asked > 50: throw Own()
            case .ownErrorWhenCancelled: if Task.isCancelled { throw Own() }
            case .hangs: await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
            default: break
            }
            return try .header(name, key, origins: origins)
        }

        func react(
            to challenges: [Challenge], of attempt: AttemptContext, rejecting credential: Credential
        ) async throws -> Reaction {
            if defect == .throwsAtChallenges, challenges.isEmpty { throw Own() }
            if defect == .sendsTheCall {
                _ = try? await attempt.transport.send(
                    TransportRequest(origin: attempt.origin, head: attempt.head, deadline: attempt.deadline))
            }
            if defect != .replaysTheSame { state.withLock { $0.key = Canary().secret } }
            return .replay
        }

        func heldCredential(at now: MonotonicInstant) -> Credential? {
            defect == .holdsTheRefused ? try? .header(.authorization, firstKey) : nil
        }

        var description: String {
            let key = state.withLock { $0.key }
            return defect == .showsItself ? key.withExposedBytes { String(decoding: $0, as: UTF8.self) } : "key"
        }
    }

    static let catchers: [BrokenAuthenticator.Defect: String] = [
        .nothing: "at least one field", .forOthersOnly: "may go to the origin", .forEverybody: "nobody named",
        .framesTheMessage: "only fields that a credential may", .emptyValue: "only fields that a credential may",
        .sendsTheCall: "sends the call itself never", .losesSomeOfMany: "100 attempts",
        .throwsAtChallenges: "reacts to any challenge", .replaysTheSame: "asks for a replay only",
        .ownErrorWhenCancelled: "cancelled ends", .holdsTheRefused: "holds no other", .showsItself: "does not show",
        .hangs: "at least one field",
    ]

    private func subject(_ defect: BrokenAuthenticator.Defect) throws -> AuthenticatorSubject {
        AuthenticatorSubject(origin: try Origin("https://api.test")) { BrokenAuthenticator(defect) }
    }

    @Test(arguments: BrokenAuthenticator.Defect.allCases.filter { $0 != .none })
    func `each defect is caught`(defect: BrokenAuthenticator.Defect) async throws {
        let words = try #require(Self.catchers[defect])
        let checks = AuthenticatorContract.checks.filter { $0.name.contains(words) }
        try #require(checks.count == 1)
        let outcome = await checks[0].run(
            on: try subject(defect), patience: defect == .hangs ? .milliseconds(50) : .seconds(20))
        guard case .violated = outcome else {
            Issue.record("\(defect) got through: \(outcome)")
            return
        }
    }

    @Test(arguments: AuthenticatorContract.checks)
    func `the same authenticator without a defect passes`(check: AuthenticatorCheck) async throws {
        let outcome = await check.run(on: try subject(.none))
        guard case .kept = outcome else {
            Issue.record("\(check): \(outcome)")
            return
        }
    }

    @Test(arguments: AuthenticatorContract.checks, ["bearer", "basic", "key", "custom"])
    func `the project's own authenticators keep it`(check: AuthenticatorCheck, kind: String) async throws {
        let secret = Canary().secret
        let name = try #require(HTTPField.Name("X-Api-Key"))
        let subject = AuthenticatorSubject(origin: try Origin("https://api.test")) {
            switch kind {
            case "bearer": StaticAuthenticator.bearer(secret)
            case "basic": StaticAuthenticator.basic(user: "ada", password: secret)
            case "key": StaticAuthenticator.apiKey(secret, header: name)
            default: ClosureAuthenticator.custom { _ in try .bearer(secret) }
            }
        }
        if case .violated(let violation) = await check.run(on: subject) {
            Issue.record("\(kind): \(check): \(violation)")
        }
    }
}
