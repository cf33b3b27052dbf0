#if OAuth
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite struct `Token failure` {
    @Test(arguments: [
        (TesseraError.Code.loginRequired, TokenFailure.Kind.refused(recoversByItself: false)),
        (.tokenRequestRefused, .refused(recoversByItself: true)), (.misconfigured, .refused(recoversByItself: true)),
        (.storeTampered, .refused(recoversByItself: true)), (.storeCopied, .refused(recoversByItself: true)),
        (.tokenEndpointUnavailable, .temporary), (.retryLater, .temporary), (.storeFailed, .temporary),
        (.invalidTokenResponse, .temporary), (.discoveryFailed, .temporary), (.secretUnavailable, .temporary),
        (.timeout, .temporary),
    ])
    func `what ends a failure follows from its code`(code: TesseraError.Code, kind: TokenFailure.Kind) {
        #expect(TokenFailure(.make(code, "x"), repeatability: .repeatable).kind == kind)
        #expect(TokenFailure(.make(code, "x"), repeatability: .once).kind == kind)
    }

    @Test(arguments: [
        ("client_credentials", GrantRepeatability.repeatable), ("authorization_code", .once),
        ("urn:ietf:params:oauth:grant-type:device_code", .byProtocol), ("refresh_token", .byProtocol),
        ("urn:ietf:params:oauth:grant-type:jwt-bearer", .once),
        ("urn:ietf:params:oauth:grant-type:saml2-bearer", .once), ("password", .once),
        ("urn:openid:params:grant-type:ciba", .byProtocol),
        ("urn:ietf:params:oauth:grant-type:token-exchange", .repeatable),
    ])
    func `the table of grants`(type: String, expected: GrantRepeatability) {
        #expect(GrantRepeatability.table[type] == expected)
    }

    @Test(arguments: GrantRepeatability.table.keys.sorted())
    func `a grant's requests on the wire follow the table`(type: String) async throws {
        struct Typed: Grant {
            var type: String
            var isRepeatable: Bool { true }
            func parameters() async throws -> QueryItems { ["grant_type": "\(type)"] }
        }
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            scenario.server.on(.post, OAuthScenario.tokenURL).reply(status: 503)
            let source = try scenario.client().tokens(by: Typed(type: type))
            let use = TokenUse(deadline: .distantFuture, runtime: time.runtime, transport: scenario.server)
            _ = try? await time.run { try await source.accessToken(for: use) }
            #expect(scenario.tokenRequests == (GrantRepeatability.table[type] == .repeatable ? 3 : 1))
        }
    }

    @Test(arguments: [(1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (60, 30), (Int.max, 30)])
    func `without a token waits grow to half a minute`(count: Int, bound: Int) throws {
        let failure = TokenFailure(.make(.tokenEndpointUnavailable, "x"), kind: .temporary)
        for random in [UInt64(0), .max / 2, .max] {
            let wait = try #require(
                TokenFailurePolicy().wait(after: failure, count: count, remaining: nil, random: random))
            #expect(wait >= .seconds(bound) / 2 && wait <= .seconds(bound))
        }
    }

    @Test(arguments: [(Int64(3600), Int64(300)), (400, 100), (4, 1), (0, 1)])
    func `with a token that is served the wait is up to five minutes, or a quarter of its rest`(
        remaining: Int64, bound: Int64
    ) throws {
        let failure = TokenFailure(.make(.tokenEndpointUnavailable, "x"), kind: .temporary)
        let wait = try #require(
            TokenFailurePolicy().wait(after: failure, count: 1, remaining: .seconds(remaining), random: .max))
        #expect(wait <= .seconds(bound) && wait > .seconds(bound) * 9 / 10)
    }

    @Test func `a refusal for good has no end, one that others may mend has`() {
        let error = TesseraError.make(.tokenRequestRefused, "x")
        let policy = TokenFailurePolicy()
        #expect(
            policy.wait(
                after: TokenFailure(error, kind: .refused(recoversByItself: false)), count: 1, remaining: nil,
                random: 0) == nil)
        let wait = policy.wait(
            after: TokenFailure(error, kind: .refused(recoversByItself: true)), count: 50, remaining: nil, random: 0)
        #expect(wait == .seconds(30))
    }

    @Test(arguments: [Duration.seconds(Int64.max), .seconds(-5), .zero, .nanoseconds(1)])
    func `no Retry-After ends the process or the wait`(asked: Duration) throws {
        let failure = TokenFailure(.retryLater(after: asked, "x"), kind: .temporary)
        let wait = try #require(TokenFailurePolicy().wait(after: failure, count: 1, remaining: nil, random: .max))
        #expect(wait > .zero && wait <= .seconds(3600))
    }
}

@Suite struct `Storm breaker` {
    private static let interval = Duration.seconds(6)

    @Test func `lets a burst pass and then one an interval`() {
        var breaker = StormBreaker(burst: 5)
        var now = MonotonicInstant(nanoseconds: 0)
        var passed = 0
        for _ in 0..<600 {
            if breaker.wait(now: now, interval: Self.interval) == .zero {
                breaker.count(now: now, interval: Self.interval)
                passed += 1
            }
            now = now.advanced(by: .milliseconds(100))
        }
        #expect(passed == 5 + 60 / 6 - 1)
    }

    @Test func `a clock that went back for a year delays no longer than an interval, and lets no burst pass`() {
        var breaker = StormBreaker(burst: 5)
        let now = MonotonicInstant(nanoseconds: 0)
        for _ in 0..<5 { breaker.count(now: now, interval: Self.interval) }
        let past = now.advanced(by: .seconds(-31_536_000))
        #expect(breaker.wait(now: past, interval: Self.interval) == .zero)
        breaker.count(now: past, interval: Self.interval)
        let wait = breaker.wait(now: past, interval: Self.interval)
        #expect(wait > .zero && wait <= Self.interval + .nanoseconds(1))
        #expect(breaker.wait(now: past.advanced(by: wait), interval: Self.interval) == .zero)
    }

    /// The cause: the bucket was filled with time. The first request weighed six seconds, because nobody knew the
    /// tokens' life, and all that fits into the bucket of tokens that live for a second is less than that.
    @Test func `the first request weighs no more when the tokens turn out to live shortly`() {
        var breaker = StormBreaker()
        let now = MonotonicInstant(nanoseconds: 0)
        breaker.count(now: now, interval: StormBreaker.interval(lifetime: nil))
        let short = StormBreaker.interval(lifetime: .seconds(1))
        for second in Int64(0)...100 {
            let next = now.advanced(by: .seconds(second))
            #expect(breaker.wait(now: next, interval: short) == .zero)
            breaker.count(now: next, interval: short)
        }
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .nanoseconds(1), .seconds(Int64.max)], [Int64.min, 0, .max])
    func `no interval and no burst ends the process`(interval: Duration, burst: Int64) {
        var breaker = StormBreaker(burst: burst)
        for now in [MonotonicInstant(nanoseconds: .min), .init(nanoseconds: 0), .distantFuture, .init(nanoseconds: 1)] {
            breaker.count(now: now, interval: interval)
            #expect(breaker.wait(now: now, interval: interval) >= .zero)
        }
    }

    @Test(arguments: [
        (Duration?.none, 6000), (.seconds(3600), 6000), (.seconds(2), 500), (.zero, 250), (.seconds(-1), 250),
    ])
    func `its interval follows the tokens' life`(lifetime: Duration?, milliseconds: Int) {
        #expect(StormBreaker.interval(lifetime: lifetime) == .milliseconds(milliseconds))
    }
}
#endif
