import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@Suite("Explaining without sending")
struct ExplainTests {
    @Test("a decision in words, with its reason")
    func decisions() {
        let policy = RetryPolicy.standard
        let long = policy.explain(.get, status: .serviceUnavailable, retryAfter: .seconds(120))
        #expect(long.decision == .stop(.retryAfterTooLong))
        #expect(
            "\(long)" == "GET, attempt 1, status 503 with Retry-After 120 s: not sent again: "
                + "the server asks for a longer wait than the policy allows")
        #expect(policy.explain(.post, status: .serviceUnavailable).decision == .stop(.methodNotIdempotent))
        let keyed = policy.explain(.post, status: .serviceUnavailable, attempt: 2, hasIdempotencyKey: true)
        #expect("\(keyed)" == "POST, attempt 2, status 503: sent again after 0 us to 399 ms (backoff)")
        let asked = policy.explain(.get, status: .tooManyRequests, retryAfter: .seconds(7))
        #expect(
            "\(asked)" == "GET, attempt 1, status 429 with Retry-After 7 s: sent again after 7 s, as the server asked")
        let refused = policy.explain(.post, failure: .unreachable, in: .connect, progress: .nothingSent)
        #expect(
            "\(refused)" == "POST, attempt 1, unreachable in phase connect: sent again after 0 us to 199 ms (backoff)")
    }

    @Test("a call's plan holds names and no values, and sends nothing")
    func plan() async throws {
        try await withScenario { scenario in
            let api = try scenario.api(auth: .bearer(.fixture("secret-token-99"))) {
                $0.headers = ["X-Tenant": "secret-tenant-98"]
            }
            let plan = try api.plan(
                CallRequest(
                    .post, "/users/\("secret-path-97")", .text("secret-body-96"), query: ["q": "secret-query-95"],
                    idempotencyKey: .key("secret-key-94")))
            let text = "\(plan)"
            #expect(!text.contains("secret"))
            #expect(text.hasPrefix("POST https://api.test/users/{}\n"))
            #expect(plan.fields.contains("X-Tenant") && plan.fields.contains("Idempotency-Key"))
            #expect(plan.asksForCredential && plan.isReplayable && plan.hasIdempotencyKey && plan.warnings.isEmpty)
            #expect(plan.retries.map(\.decision).allSatisfy { if case .retry = $0 { true } else { false } })
            #expect(scenario.server.requests.isEmpty)
            #expect(throws: TesseraError.self) { try api.plan(CallRequest(.get, "/x", headers: ["Host": "evil"])) }
        }
    }

    @Test("the defaults have nothing odd about them")
    func defaults() async throws {
        try await withScenario { scenario in
            let found = try scenario.api().lint()
            #expect(found.isEmpty)
        }
    }

    typealias Change = @Sendable (inout Session.Configuration) -> Void

    private static let oddities: [(ConfigurationWarning, Change)] = [
        (.attemptOutlastsCall, { $0.timeouts.attempt = .seconds(61) }),
        (
            .connectOutlastsAttempt,
            { $0.timeouts = Timeouts(connect: .seconds(12), attempt: .seconds(11), idle: .seconds(5)) }
        ),
        (.idleOutlastsAttempt, { $0.timeouts.idle = .seconds(31) }),
        (.noTime, { $0.timeouts.idle = .zero }),
        (.attemptsOutlastCall, { $0.retry.attempts = 7 }),
        (.retryAfterOutlastsCall, { $0.retry.longestRetryAfter = .seconds(61) }),
        (.repeatsUnsafeMethod, { $0.retry.methods.insert(.post) }),
        (.budgetBuysNothing, { $0.retry.budget = RetryBudget(capacity: 3, cost: 5) }),
        (.repeatsSuccess, { $0.retry.statuses.insert(302) }),
        (.hedgesTooLate, { $0.hedging = Hedging(after: .seconds(30)) }),
        (.nothingPasses, { $0.concurrency = ConcurrencyLimit(attempts: 0) }),
        (.breakerNeverTried, { $0.circuitBreaker = CircuitBreaker(failurePercent: 101) }),
        (.pacingOutlastsCall, { $0.rateLimits = RateLimitPolicy(longestWait: .seconds(61)) }),
        (.credentialsInClear, { $0.allowsInsecureCredentials = true }),
    ]

    @Test("each oddity is found, alone", arguments: oddities)
    func lint(warning: ConfigurationWarning, change: Change) async throws {
        try await withScenario { scenario in
            let found = try scenario.api(configured: change).lint()
            #expect(found == [warning])
            #expect(!warning.text.isEmpty)
        }
    }
}

extension Scenario {
    fileprivate func api(configured change: @Sendable (inout Session.Configuration) -> Void) throws -> Session {
        try api("https://api.test", auth: nil, change)
    }
}
