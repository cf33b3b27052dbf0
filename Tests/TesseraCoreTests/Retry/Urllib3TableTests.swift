import HTTPTypes
import Testing

@testable import TesseraCore

/// What urllib3 2.7's `Retry` does, row by row; where it would send again what may do the work twice, ours says so.
@Suite("RetryPolicy.urllib3 keeps urllib3's tables")
struct Urllib3TableTests {
    private static func summary(
        _ result: AttemptSummary.Result, _ method: HTTPRequest.Method = .get, retryAfter: Duration? = nil,
        attempt: Int = 1
    ) -> AttemptSummary {
        AttemptSummary(attempt: attempt, method: method, result: result, retryAfter: retryAfter)
    }

    private static func isRetry(_ decision: RetryDecision) -> Bool {
        if case .retry = decision { true } else { false }
    }

    // get_backoff_time: the second number of each row on, since our first call of it comes after the first failure.
    @Test(
        "the schedule of waits",
        arguments: [
            (RetryPolicy.urllib3(backoffFactor: 0.1), [0, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8]),
            (.urllib3(total: 20, backoffFactor: 1), [0, 2, 4, 8, 16, 32, 64, 120, 120, 120]),
            (.urllib3(backoffFactor: 0.5, backoffMax: .seconds(3)), [0, 1, 2, 3, 3, 3]),
            (.urllib3(backoffFactor: 0, backoffJitter: .seconds(2)), [0, 1, 1, 1]),
        ] as [(RetryPolicy, [Double])])
    func schedule(policy: RetryPolicy, seconds: [Double]) {
        let half: UInt64 = 1 << 63
        for (index, expected) in seconds.enumerated() {
            let cut = Self.summary(.failure(.disconnected, .head, .sent(bytes: nil)), attempt: index + 1)
            guard case .retry(let wait, _, .backoff) = policy.decide(cut, random: half) else {
                Issue.record("attempt \(index + 1) is not repeated")
                continue
            }
            // Binary fractions such as 0.1 are cut to whole nanoseconds.
            #expect(abs(wait.inSeconds - expected) < 1e-6, "attempt \(index + 1): \(wait)")
        }
    }

    @Test("retry, retry, redirect: the waits begin anew")
    func redirectResets() {
        let policy = RetryPolicy.urllib3(backoffFactor: 1)
        var summary = Self.summary(.failure(.disconnected, .head, .sent(bytes: nil)), attempt: 3)
        #expect(policy.backoff.wait(before: 3, random: 0) == .seconds(4))
        summary.tally.read = 2
        summary.tally.beforeRedirect = 2
        guard case .retry(let wait, _, _) = policy.decide(summary, random: 0) else { return #expect(Bool(false)) }
        #expect(wait == .zero)
    }

    @Test(
        "is_retry(method, status, has_retry_after)",
        arguments: [
            (RetryPolicy.urllib3, "GET", 503, true, true), (.urllib3, "GET", 413, true, true),
            (.urllib3, "GET", 429, true, true), (.urllib3, "GET", 408, true, false),
            (.urllib3, "GET", 425, true, false),
            (.urllib3, "GET", 500, true, false), (.urllib3, "GET", 502, true, false),
            (.urllib3, "GET", 504, true, false),
            (.urllib3, "GET", 503, false, false), (.urllib3, "GET", 413, false, false),
            (.urllib3, "GET", 429, false, false), (.urllib3(total: nil), "GET", 503, true, false),
            (.urllib3(total: 0), "GET", 503, true, false), (.urllib3, "POST", 503, true, false),
            // urllib3 says true with allowed_methods=None: refused.
            (.urllib3(allowedMethods: nil), "POST", 503, true, false),
            (.urllib3(allowedMethods: []), "POST", 503, true, false),
            (.urllib3(respectRetryAfterHeader: false), "GET", 503, true, false),
            (.urllib3(statusForcelist: [500]), "GET", 500, false, true),
            (.urllib3(allowedMethods: [.get, .post], statusForcelist: [500]), "POST", 500, false, true),
        ] as [(RetryPolicy, String, Int, Bool, Bool)])
    func isRetry(policy: RetryPolicy, method: String, status: Int, hasRetryAfter: Bool, expected: Bool) throws {
        let method = try #require(HTTPRequest.Method(rawValue: method))
        let summary = Self.summary(.status(status), method, retryAfter: hasRetryAfter ? .seconds(1) : nil)
        #expect(Self.isRetry(policy.decide(summary, random: 0)) == expected)
    }

    enum Fault: String, CaseIterable, Sendable {
        case connectTimeout, newConnection, proxyConnect, readTimeout, protocolError, ssl, sslAfterSending

        var result: AttemptSummary.Result {
            switch self {
            case .connectTimeout: .failure(.timeout, .connect, .nothingSent)
            case .newConnection: .failure(.unreachable, .connect, .nothingSent)
            case .proxyConnect: .failure(.timeout, .proxy, .nothingSent)
            case .readTimeout: .failure(.timeout, .head, .sent(bytes: nil))
            case .protocolError: .failure(.protocolViolation, .head, .sent(bytes: nil))
            case .ssl: .failure(.tls, .tls, .nothingSent)
            case .sslAfterSending: .failure(.tls, .head, .sent(bytes: nil))
            }
        }
    }

    @Test(
        "increment(method, error)",
        arguments: [
            (.connectTimeout, "POST", true), (.newConnection, "POST", true), (.proxyConnect, "POST", true),
            (.readTimeout, "POST", false), (.readTimeout, "GET", true), (.protocolError, "GET", true),
            (.protocolError, "POST", false), (.ssl, "POST", true), (.ssl, "GET", true),
            // urllib3 repeats "other" errors of POST wherever they come from: refused once it may have arrived.
            (.sslAfterSending, "POST", false),
        ] as [(Fault, String, Bool)])
    func increment(fault: Fault, method: String, expected: Bool) throws {
        let method = try #require(HTTPRequest.Method(rawValue: method))
        #expect(Self.isRetry(RetryPolicy.urllib3.decide(Self.summary(fault.result, method), random: 0)) == expected)
    }

    @Test(
        "is_exhausted: whether the first failure may be followed by another attempt",
        arguments: [
            (
                RetryPolicy.urllib3(total: 0), Fault.newConnection,
                RetryDecision.StopReason.retriesDisabled as RetryDecision.StopReason?
            ),
            (.urllib3(total: -1), .newConnection, .retriesDisabled),
            (.urllib3(connect: -1), .newConnection, .kindExhausted),
            (.urllib3(connect: 0), .newConnection, .kindExhausted), (.urllib3(connect: 0), .readTimeout, nil),
            (.urllib3(total: nil, read: 0), .newConnection, nil), (.urllib3(read: 0), .readTimeout, .kindExhausted),
            (.urllib3(other: 0), .ssl, .kindExhausted), (.urllib3(total: nil), .readTimeout, nil),
        ])
    func exhausted(policy: RetryPolicy, fault: Fault, expected: RetryDecision.StopReason?) {
        let decision = policy.decide(Self.summary(fault.result), random: 0)
        if let expected { #expect(decision == .stop(expected)) } else { #expect(Self.isRetry(decision)) }
    }

    @Test("each kind has its own count, and the total wins over all")
    func counts() {
        let policy = RetryPolicy.urllib3(total: 3, connect: 2, status: 1, statusForcelist: [500])
        var summary = Self.summary(Fault.newConnection.result, attempt: 2)
        summary.tally.connect = 1
        #expect(Self.isRetry(policy.decide(summary, random: 0)))
        summary.tally.connect = 2
        #expect(policy.decide(summary, random: 0) == .stop(.kindExhausted))
        summary.result = .status(500)
        #expect(Self.isRetry(policy.decide(summary, random: 0)))
        summary.attempt = 4
        #expect(policy.decide(summary, random: 0) == .stop(.attemptsExhausted))
    }

    @Test(
        "Retry-After: cut to six hours, exact, and zero falls through to the backoff",
        arguments: [
            (5, 5), (21_600, 21_600), (21_601, 21_600), (9_000_000_000, 21_600), (7, 7), (0, 2),
        ] as [(Int64, Int64)])
    func retryAfter(named: Int64, waited: Int64) {
        let summary = Self.summary(.status(503), retryAfter: .seconds(named), attempt: 2)
        let policy = RetryPolicy.urllib3(backoffFactor: 1, backoffJitter: .zero)
        guard case .retry(let wait, _, _) = policy.decide(summary, random: .max) else { return #expect(Bool(false)) }
        #expect(wait == .seconds(waited))
    }

    @Test("Retry(False): no retry, and redirects are answers")
    func never() {
        #expect(
            RetryPolicy.urllib3(total: 0).decide(Self.summary(Fault.readTimeout.result), random: 0)
                == .stop(.retriesDisabled))
        #expect(RedirectPolicy.never.limit == 0)
    }
}
