#if OAuth
import TesseraCore

@testable import TesseraOAuth

/// Watches the store, the server and the sockets of a schedule, and knows what must not happen. It asks no machine.
struct SimulatedReferee {
    struct Post {
        var process: Int
        var incarnation: Int
        var attempt: String
        var generation: UInt64
        var login: String
        var token: Int
        var time: Int64
        var answerBy: Int64
        /// The process has heard how it ended, or is dead.
        var isEnded = false
    }

    private(set) var violations: [String] = []
    private(set) var posts: [Post] = []
    /// Attempts whose intent is durable.
    private var intents: [String: (generation: UInt64, answerBy: Int64)] = [:]
    /// Generations and refresh tokens that were durable at some time.
    private var durableTokens: Set<Int> = []
    private var durableAccess: Set<Int> = []
    private var loggedOutLogin: String?
    /// Who hears and hands out: a process until its death, with one login.
    private struct Sender: Hashable {
        var process: Int
        var incarnation: Int
        var login: String
    }
    /// Attempts of which their senders know that they were not sent.
    private var unsent: Set<String> = []
    private var refused: [Sender: Set<Int>] = [:]
    private var lastAnswer: [Sender: Int] = [:]
    private var handedOut: [Sender: UInt64] = [:]
    /// Something happened that no protocol survives, so the losses of this schedule are not judged.
    var isExcused = false
    var hasLongPause = false
    var hasRollback = false
    private(set) var losses = 0
    private(set) var deaths: [LoginRecord.Dead.Reason: Int] = [:]

    mutating func expect(_ isRight: Bool, _ text: @autoclosure () -> String) {
        if !isRight { violations.append(text()) }
    }

    // MARK: Sockets

    /// Line 5: the lease is looked at before the first byte.
    mutating func decidesToSend(_ attempt: String, holdsLease: Bool) {
        expect(holdsLease || hasRollback, "line 5: attempt \(attempt) was begun without the lease")
    }

    mutating func sends(_ post: Post, durable record: LoginRecord?) {
        let sender = Sender(process: post.process, incarnation: post.incarnation, login: post.login)
        let isRefused = refused[sender]?.contains(post.token) == true
        // Who comes after another one's attempt knows less of the token than before.
        for other in Array(refused.keys) where other != sender { refused[other]?.remove(post.token) }
        expect(
            !isRefused || hasRollback, "line 9: token \(post.token) was sent again by who had heard its refusal")
        let known = handedOut[sender] ?? 0
        expect(
            post.generation >= known,
            "line 15: generation \(post.generation) was sent by who had handed out \(known)")
        expect(intents[post.attempt] != nil, "I3a/I4c: attempt \(post.attempt) was sent before its intent was durable")
        expect(!posts.contains { $0.attempt == post.attempt }, "I3a: attempt \(post.attempt) was sent twice")
        // Who lags behind a newer durable generation posts a spent token: only a pause beyond Q, or a store that went
        // back, can make that so.
        if let record, record.login == post.login, record.generation > post.generation, !hasLongPause, !hasRollback {
            violations.append("I3: generation \(post.generation) was sent when \(record.generation) was durable")
        }
        posts.append(post)
    }

    /// A process hears how its attempt ended.
    mutating func hears(_ verdict: TokenVerdict, of attempt: RotationAttempt, process: Int, incarnation: Int) {
        let sender = Sender(process: process, incarnation: incarnation, login: attempt.login)
        switch verdict {
        case .unsent: unsent.insert(attempt.id)
        case .grantRefused: refused[sender, default: []].insert(SimulatedToken.number(attempt.refreshToken))
        case .valid(let answer): lastAnswer[sender] = answer.refreshToken.map(SimulatedToken.number)
        default: break
        }
    }

    /// Line 13: the answer that came second is kept, not thrown away.
    mutating func keptSpare(_ login: String, process: Int, incarnation: Int) {
        let sender = Sender(process: process, incarnation: incarnation, login: login)
        guard let token = lastAnswer[sender] else { return }
        let isDurable = durableTokens.contains(token)
        expect(isDurable, "line 13: the second new token \(token) was said to be kept, and is not")
    }

    mutating func ended(_ attempt: String) {
        if let index = posts.lastIndex(where: { $0.attempt == attempt }) { posts[index].isEnded = true }
    }

    mutating func died(_ process: Int, _ incarnation: Int) {
        for index in posts.indices where posts[index].process == process && posts[index].incarnation == incarnation {
            posts[index].isEnded = true
        }
    }

    // MARK: Store

    /// A record became durable.
    mutating func saved(
        _ record: LoginRecord, old: LoginRecord?, at time: Int64, storeTime: Int64, server: SimulatedServer,
        plan: SimulatedPlan
    ) {
        if let old, let loggedOutLogin, record.login == loggedOutLogin, !hasRollback {
            violations.append("I4/A14: the login came back after its logout (over \(old.login))")
        }
        if let old, old.login == record.login, !hasRollback {
            expect(
                record.generation >= old.generation,
                "the generation went from \(old.generation) to \(record.generation)")
        }
        if let token = record.refreshToken { durableTokens.insert(SimulatedToken.number(token)) }
        if let token = record.spare { durableTokens.insert(SimulatedToken.number(token)) }
        for token in record.accessTokens { durableAccess.insert(SimulatedToken.number(token.value)) }
        if !record.isDead {
            expect(record.refreshToken != nil, "RFC 6749 §6: generation \(record.generation) lost its refresh token")
        }
        switch record.state {
        case .ready: break
        case .intent(let intent): checkIntent(intent, record, old, storeTime, server, plan)
        case .dead(let dead):
            if case .dead? = old?.state { return }
            checkDead(dead, record, old, server, plan)
        }
    }

    private mutating func checkIntent(
        _ intent: LoginRecord.Intent, _ record: LoginRecord, _ old: LoginRecord?, _ storeTime: Int64,
        _ server: SimulatedServer, _ plan: SimulatedPlan
    ) {
        if case .intent(let before)? = old?.state, before.attempt == intent.attempt {
            let isUnsent = unsent.contains(intent.attempt)
            expect(
                before.isFinished || !intent.isFinished || !isUnsent,
                "line 7: attempt \(intent.attempt) counts although it was provably not sent")
        }
        if intents[intent.attempt] != nil {
            intents[intent.attempt] = (record.generation, intent.answerBy.time.nanoseconds)
            if let index = posts.lastIndex(where: { $0.attempt == intent.attempt }) {
                posts[index].answerBy = max(posts[index].answerBy, intent.answerBy.time.nanoseconds)
            }
            return
        }
        intents[intent.attempt] = (record.generation, intent.answerBy.time.nanoseconds)
        let quarantine = plan.limits.quarantine.clampedNanoseconds
        let profile = server.profile(isKnown: plan.isProfileKnown)
        for post in posts where post.generation == record.generation && post.login == record.login && !post.isEnded {
            let isLate = storeTime > post.answerBy + quarantine
            let isHarmless =
                profile.rotation == .none
                || (profile.rotation == .rotates
                    && storeTime < post.time + profile.grace.clampedNanoseconds + 1_000_000_000)
            expect(
                isLate || isHarmless || hasRollback,
                "I3a: intent \(intent.attempt) of \(record.generation) while \(post.attempt) was not finished")
        }
    }

    private mutating func checkDead(
        _ dead: LoginRecord.Dead, _ record: LoginRecord, _ old: LoginRecord?, _ server: SimulatedServer,
        _ plan: SimulatedPlan
    ) {
        deaths[dead.reason, default: 0] += 1
        guard let token = old?.refreshToken.map(SimulatedToken.number) else { return }
        switch dead.reason {
        case .responseLost:
            losses += 1
            // I4a.
            expect(
                server.hasAccepted(token) || isExcused || hasRollback,
                "I4a: responseLost although the server never accepted token \(token)")
            expect(
                !server.isValid(token) || isExcused, "I4a: responseLost although token \(token) still works")
            expect(
                plan.habit != .fixed || !plan.isProfileKnown, "I4a: responseLost at a server that never rotates")
            // A second answer to the same token is the one that got lost, if the first is durable.
            let isKnown = server.log.contains {
                guard $0.token == token, case .tokens(_, let next?) = $0.answer else { return false }
                return durableTokens.contains(next) && server.isValid(next)
            }
            expect(!isKnown || hasLongPause || hasRollback, "I4a: responseLost although the next token is durable")
        case .refused:
            let wasAccepted = server.hasAccepted(token)
            expect(
                !wasAccepted || isExcused || hasRollback || hasLongPause || plan.habit == .fixed,
                "I4b: refused, but the truth is a lost answer to token \(token)")
            expect(!server.isValid(token) || isExcused, "I4b: refused although token \(token) works")
        case .loggedOut: loggedOutLogin = old?.login
        case .storeFailed, .accountChanged: break
        }
    }

    /// Neither what is stored for use is revoked, nor what can still be committed: whoever holds an answer may write it,
    /// whatever became of his lease (line 11), as long as its login lives and he is not told to stop.
    mutating func revoked(_ token: Int, of login: String?, stored: LoginRecord?, isShutDown: Bool) {
        guard let stored, !hasRollback else { return }
        let isStored = stored.refreshToken.map(SimulatedToken.number) == token
        expect(!isStored || stored.state != .ready, "I4a/A15: the stored refresh token \(token) was revoked")
        expect(
            isShutDown || stored.isDead || stored.login != login,
            "I4a: the answer's refresh token \(token) was given back although its login lives")
    }

    // MARK: Askers

    mutating func published(_ token: ObtainedToken, process: Int, incarnation: Int) {
        let sender = Sender(process: process, incarnation: incarnation, login: token.login)
        handedOut[sender] = max(handedOut[sender] ?? 0, token.generation)
        let number = SimulatedToken.number(token.value)
        expect(durableAccess.contains(number), "I4c: access token \(number) was handed out before it was durable")
    }

    // MARK: The end

    /// One request per generation, where that is promised.
    mutating func checkOneRequest() {
        var seen: Set<UInt64> = []
        for post in posts where !seen.insert(post.generation).inserted {
            violations.append("I3b: generation \(post.generation) was sent more than once")
        }
    }
}

extension LoginRecord {
    fileprivate var isDead: Bool {
        if case .dead = state { true } else { false }
    }
}
#endif
