import HTTPTypes
import Testing

@testable import TesseraCore

@Suite("RetryPolicy.aws keeps the SDKs' tables")
struct AWSTableTests {
    @Test("with the largest random number the waits are 1 2 4 8 16 20 20")
    func schedule() {
        for (index, seconds) in [1, 2, 4, 8, 16, 20, 20].enumerated() {
            let wait = RetryPolicy.aws.backoff.wait(before: index + 1, random: .max)
            #expect(wait <= .seconds(seconds) && wait > .seconds(seconds) - .microseconds(1))
        }
    }

    @Test("three attempts; 500, 502, 503 and 504 are transient, other statuses are not")
    func statuses() {
        for status in 400...599 {
            let summary = AttemptSummary(attempt: 1, method: .get, result: .status(status))
            let isRetry = if case .retry = RetryPolicy.aws.decide(summary, random: 0) { true } else { false }
            #expect(isRetry == [500, 502, 503, 504].contains(status))
        }
        let third = AttemptSummary(attempt: 3, method: .get, result: .status(503))
        #expect(RetryPolicy.aws.decide(third, random: 0) == .stop(.attemptsExhausted))
    }

    @Test(
        "the codes of throttling and passing errors, in each way that x-amzn-ErrorType is written",
        arguments: [
            "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException",
            "TooManyRequestsException", "ProvisionedThroughputExceededException", "TransactionInProgressException",
            "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "RequestThrottled", "SlowDown",
            "PriorRequestNotComplete", "EC2ThrottledException", "RequestTimeout", "RequestTimeoutException",
        ])
    func codes(code: String) throws {
        for value in [code, "com.amazon#\(code)", "\(code):http://internal.amazon.com/", "a#\(code):b"] {
            var summary = AttemptSummary(attempt: 1, method: .get, result: .status(400))
            let name = try #require(HTTPField.Name("x-amzn-ErrorType"))
            RetryPolicy.aws.readAmazonFields([name: value], &summary)
            let isRetry = if case .retry = RetryPolicy.aws.decide(summary, random: 0) { true } else { false }
            #expect(isRetry, "\(value)")
            RetryPolicy.standard.readAmazonFields([name: value], &summary)
        }
        let other = AttemptSummary(attempt: 1, method: .get, result: .status(400), errorCode: "ValidationException")
        #expect(RetryPolicy.aws.decide(other, random: 0) == .stop(.notRetryable))
    }

    @Test(
        "x-amz-retry-after, in milliseconds, moves the wait within five seconds of the computed one",
        arguments: [("0", 50), ("100", 100), ("1500", 1500), ("10000", 5050), ("-5", 50), ("abc", 50)])
    func retryAfter(value: String, milliseconds: Int) throws {
        var policy = RetryPolicy.aws
        policy.backoff = Backoff(initial: .milliseconds(50), isJittered: false)
        var summary = AttemptSummary(attempt: 1, method: .get, result: .status(503))
        let name = try #require(HTTPField.Name("x-amz-retry-after"))
        policy.readAmazonFields([name: value], &summary)
        guard case .retry(let wait, _, _) = policy.decide(summary, random: 0) else { return #expect(Bool(false)) }
        #expect(wait == .milliseconds(milliseconds))
    }
}
