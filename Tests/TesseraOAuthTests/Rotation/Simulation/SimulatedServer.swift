#if OAuth
import TesseraCore

@testable import TesseraOAuth

/// A token endpoint of one login, with the habits of real ones. Refresh tokens are numbers.
struct SimulatedServer {
    enum Habit: String, CaseIterable {
        /// One-time; a reuse ends the login.
        case strict
        /// One-time; a reuse is refused and nothing else.
        case strictForgiving
        /// The old token gives the same answer for a while, unless the new one was used.
        case grace
        /// The token stays.
        case fixed
        /// A new token each time, and the old ones go on working.
        case generous
    }

    enum Answer: Equatable {
        case tokens(access: Int, refresh: Int?)
        case refused
    }

    /// One processed request.
    struct Processed {
        var token: Int
        var time: Int64
        var answer: Answer
    }

    static let grace: Int64 = 60_000_000_000

    let habit: Habit
    var omitsFixedToken = true
    private(set) var isAlive = true
    private(set) var current = 1
    private(set) var known: Set<Int> = [1]
    private(set) var revoked: Set<Int> = []
    private(set) var log: [Processed] = []
    private var last: (old: Int, new: Int, access: Int, at: Int64)?
    private var issued = 1

    init(habit: Habit) {
        self.habit = habit
    }

    func isValid(_ token: Int) -> Bool {
        guard isAlive, known.contains(token), !revoked.contains(token) else { return false }
        return habit == .fixed || habit == .generous ? true : token == current
    }

    /// Whether the server ever answered a request with this token with tokens.
    func hasAccepted(_ token: Int) -> Bool {
        log.contains { $0.token == token && $0.answer != .refused }
    }

    mutating func refresh(_ token: Int, at time: Int64) -> Answer {
        let answer = decide(token, time)
        log.append(Processed(token: token, time: time, answer: answer))
        return answer
    }

    private mutating func decide(_ token: Int, _ time: Int64) -> Answer {
        guard isAlive, known.contains(token), !revoked.contains(token) else { return .refused }
        switch habit {
        case .fixed:
            issued += 1
            return .tokens(access: issued, refresh: omitsFixedToken ? nil : token)
        case .generous:
            issued += 1
            known.insert(issued)
            current = issued
            return .tokens(access: issued, refresh: issued)
        case .strict, .strictForgiving, .grace:
            if token == current {
                issued += 1
                last = (token, issued, issued, time)
                current = issued
                known.insert(issued)
                return .tokens(access: issued, refresh: issued)
            }
            if habit == .grace, let last, last.old == token, current == last.new, time < last.at + Self.grace {
                return .tokens(access: last.access, refresh: last.new)
            }
            if habit == .strict { isAlive = false }
            return .refused
        }
    }

    mutating func revoke(_ token: Int) {
        revoked.insert(token)
        if habit != .generous { isAlive = false }
    }

    /// What a client knows of this server.
    func profile(isKnown: Bool) -> ProviderProfile {
        guard isKnown else { return .strict }
        switch habit {
        case .strict, .strictForgiving, .generous: return .strict
        case .grace: return ProviderProfile(name: "grace", rotation: .rotates, grace: .nanoseconds(Self.grace))
        case .fixed: return .nonRotating
        }
    }
}

/// Tokens as secrets, too short to be registered with the redactor.
enum SimulatedToken {
    static func refresh(_ number: Int) -> Secret { Secret(bytes: Array("r\(number)".utf8)) }
    static func access(_ number: Int) -> Secret { Secret(bytes: Array("a\(number)".utf8)) }
    static func number(_ secret: Secret) -> Int {
        secret.withExposedBytes { Int(String(decoding: $0.dropFirst(), as: UTF8.self)) ?? -1 }
    }
}
#endif
