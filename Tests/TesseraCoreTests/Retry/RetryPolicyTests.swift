import HTTPTypes
import Testing

@testable import TesseraCore

@Suite("RetryPolicy.decide")
struct RetryPolicyTests {
    private static let methods: [HTTPRequest.Method] = [
        .get, .head, .put, .delete, .options, .trace, .post, .patch, .connect,
    ]
    private static let idempotent: Set<HTTPRequest.Method> = [.get, .head, .put, .delete, .options, .trace]
    private static let progresses: [TransportFailure.Progress] = [
        .nothingSent, .provablyUnprocessed, .sent(bytes: nil), .sent(bytes: 0), .sent(bytes: 7),
    ]

    private static func failure(
        _ kind: TransportFailure.Kind, _ phase: TransportFailure.Phase, _ progress: TransportFailure.Progress,
        _ method: HTTPRequest.Method = .get
    ) -> AttemptSummary {
        AttemptSummary(attempt: 1, method: method, result: .failure(kind, phase, progress))
    }

    private static func isRetry(_ decision: RetryDecision) -> Bool {
        if case .retry = decision { true } else { false }
    }

    @Test("invariant 5: every kind, phase, progress, method, body and key; a second send always has its right")
    func nothingTwice() {
        let policy = RetryPolicy()
        var retries = 0
        for kind in TransportFailure.Kind.allCases {
            for phase in TransportFailure.Phase.allCases {
                for progress in Self.progresses {
                    for method in Self.methods {
                        for (isReplayable, hasKey) in [(true, true), (true, false), (false, true), (false, false)] {
                            var summary = Self.failure(kind, phase, progress, method)
                            summary.isReplayable = isReplayable
                            summary.hasIdempotencyKey = hasKey
                            let decision = policy.decide(summary, random: 0)
                            let cannotHaveArrived = progress == .nothingSent || progress == .provablyUnprocessed
                            let isSafe = cannotHaveArrived || hasKey || Self.idempotent.contains(method)
                            let isWorthIt = [.timeout, .unreachable, .disconnected].contains(kind)
                            #expect(
                                Self.isRetry(decision) == (isReplayable && isSafe && isWorthIt),
                                "\(summary): \(decision)")
                            retries += Self.isRetry(decision) ? 1 : 0
                        }
                    }
                }
            }
        }
        #expect(retries > 100)
    }

    @Test("an answer to a call that may not be repeated is never followed by another attempt")
    func statuses() {
        let policy = RetryPolicy()
        for status in 100...599 {
            for method in Self.methods {
                for hasKey in [true, false] {
                    let summary = AttemptSummary(
                        attempt: 1, method: method, result: .status(status), hasIdempotencyKey: hasKey)
                    let isListed = [408, 429, 500, 502, 503, 504].contains(status)
                    let isSafe = hasKey || Self.idempotent.contains(method)
                    #expect(Self.isRetry(policy.decide(summary, random: 0)) == (isListed && isSafe), "\(summary)")
                }
            }
        }
    }

    @Test("the reason to stop is told apart")
    func reasons() {
        let cut = Self.failure(.disconnected, .head, .sent(bytes: nil))
        var late = cut
        late.attempt = 3
        #expect(RetryPolicy.standard.decide(late, random: 0) == .stop(.attemptsExhausted))
        late.attempt = 400
        #expect(RetryPolicy.standard.decide(late, random: 0) == .stop(.attemptsExhausted))
        #expect(RetryPolicy.never.decide(cut, random: 0) == .stop(.retriesDisabled))
        #expect(RetryPolicy(attempts: 0).decide(cut, random: 0) == .stop(.retriesDisabled))
        #expect(RetryPolicy(attempts: .min).decide(cut, random: 0) == .stop(.retriesDisabled))
        var singleUse = cut
        singleUse.isReplayable = false
        #expect(RetryPolicy.standard.decide(singleUse, random: 0) == .stop(.bodyNotReplayable))
        var post = cut
        post.method = .post
        #expect(RetryPolicy.standard.decide(post, random: 0) == .stop(.methodNotIdempotent))
        let fine = AttemptSummary(attempt: 1, method: .get, result: .status(404))
        #expect(RetryPolicy.standard.decide(fine, random: 0) == .stop(.notRetryable))
        #expect(RetryPolicy.never.decide(fine, random: 0) == .stop(.notRetryable))
    }

    @Test("a cut body and a failure before it are different occasions")
    func occasions() {
        let policy = RetryPolicy(backoff: Backoff(initial: .seconds(1), isJittered: false))
        #expect(
            policy.decide(Self.failure(.disconnected, .body, .sent(bytes: nil)), random: 0)
                == .retry(after: .seconds(1), .bodyCut, .backoff))
        #expect(
            policy.decide(Self.failure(.timeout, .connect, .nothingSent, .post), random: 0)
                == .retry(after: .seconds(1), .failure(.timeout, .connect), .backoff))
        #expect(
            policy.decide(AttemptSummary(attempt: 2, method: .get, result: .status(503)), random: 0)
                == .retry(after: .seconds(2), .status(503), .backoff))
    }

    @Test(
        "Retry-After decides the wait exactly, without jitter and above the backoff's longest",
        arguments: [
            (Duration.zero, RetryDecision.retry(after: .zero, .status(503), .retryAfter)),
            (.seconds(7), .retry(after: .seconds(7), .status(503), .retryAfter)),
            (.seconds(60), .retry(after: .seconds(60), .status(503), .retryAfter)),
            (.seconds(60) + .nanoseconds(1), .stop(.retryAfterTooLong)),
            (.seconds(9_000_000_000), .stop(.retryAfterTooLong)),
        ])
    func retryAfter(wait: Duration, expected: RetryDecision) {
        let summary = AttemptSummary(attempt: 1, method: .get, result: .status(503), retryAfter: wait)
        let policy = RetryPolicy(backoff: Backoff(initial: .seconds(1), longest: .seconds(2), isJittered: false))
        #expect(policy.decide(summary, random: .max) == expected)
    }

    @Test("a policy that does not respect Retry-After waits its own wait")
    func disrespect() {
        let summary = AttemptSummary(attempt: 1, method: .get, result: .status(503), retryAfter: .seconds(7000))
        let policy = RetryPolicy(backoff: Backoff(initial: .seconds(1), isJittered: false), respectsRetryAfter: false)
        #expect(policy.decide(summary, random: 0) == .retry(after: .seconds(1), .status(503), .backoff))
    }

    @Test("a caller who lists POST takes the responsibility")
    func chosenMethods() {
        var policy = RetryPolicy()
        policy.methods.insert(.post)
        #expect(Self.isRetry(policy.decide(Self.failure(.disconnected, .head, .sent(bytes: 9), .post), random: 0)))
    }

    @Test("summaries and decisions survive encoding, so that explain can read them")
    func codable() throws {
        let coding = JSONCoding()
        let summaries = [
            AttemptSummary(attempt: 2, method: .put, result: .status(503), retryAfter: .seconds(3)),
            Self.failure(.timeout, .tls, .sent(bytes: 12)), Self.failure(.disconnected, .body, .provablyUnprocessed),
        ]
        #expect(try coding.decode([AttemptSummary].self, from: coding.encode(summaries)) == summaries)
        let decisions = summaries.map { RetryPolicy().decide($0, random: 5) }
        #expect(try coding.decode([RetryDecision].self, from: coding.encode(decisions)) == decisions)
    }

    @Test("a summary with the smallest attempt there is, as JSON may hold it, does not end the process")
    func smallestAttempt() async {
        await #expect(processExitsWith: .success) {
            let summary = AttemptSummary(attempt: .min, method: .get, result: .status(503))
            _ = RetryPolicy.standard.decide(summary, random: 0)
        }
    }
}
