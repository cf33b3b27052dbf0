import HTTPTypes
import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("Durations and instants saturate instead of trapping (threat A10)")
struct ClocksTests {
    @Test(
        "a number of a peer becomes a duration between zero and 292 years",
        arguments: [
            (0.0, Duration.zero), (-1, .zero), (-.infinity, .zero), (.nan, .zero), (-.nan, .zero),
            (1.5, .milliseconds(1500)), (1e300, .nanoseconds(Int64.max)), (.infinity, .nanoseconds(Int64.max)),
            (.greatestFiniteMagnitude, .nanoseconds(Int64.max)), (.leastNonzeroMagnitude, .zero),
            (1e-9, .nanoseconds(1)),
            (8_000_000_000, .seconds(8_000_000_000)), (9_000_000_000, .nanoseconds(Int64.max)),
            (9_223_372_036, .nanoseconds(Int64.max)), (-0.0, .zero),
        ])
    func clamping(seconds: Double, expected: Duration) {
        #expect(Duration.clamping(seconds: seconds) == expected)
    }

    @Test(
        "in nanoseconds",
        arguments: [
            (Duration.zero, Int64(0)), (.nanoseconds(-1), -1), (.seconds(Int64.max), .max), (.seconds(Int64.min), .min),
            (.seconds(9_223_372_036), 9_223_372_036_000_000_000), (.seconds(9_223_372_037), .max),
            (.seconds(-9_223_372_037), .min), (.seconds(9_223_372_036) + .milliseconds(900), .max),
            (.seconds(-9_223_372_036) - .milliseconds(900), .min), (.nanoseconds(Int64.max), .max),
            (.nanoseconds(Int64.min), .min), (.milliseconds(1), 1_000_000),
        ])
    func nanoseconds(duration: Duration, expected: Int64) {
        #expect(duration.clampedNanoseconds == expected)
    }

    @Test("the longest duration there is does not end the process")
    func longest() async {
        await #expect(processExitsWith: .success) {
            let sum = Duration.seconds(Int64.max) + .seconds(Int64.max)
            #expect(sum.clampedNanoseconds == .max)
            #expect((Duration.zero - sum).clampedNanoseconds == .min)
        }
    }

    @Test(
        "a part of a duration",
        arguments: [
            (Duration.seconds(10), Int64(1), Int64(20), Duration.milliseconds(500)),
            (.seconds(10), 3, 4, .milliseconds(7500)),
            (.seconds(10), 1, 0, .zero), (.seconds(9_000_000_000), 100, 1, .nanoseconds(Int64.max)),
            (.seconds(-9_000_000_000), 100, 1, .nanoseconds(Int64.min)), (.seconds(-10), 1, 2, .seconds(-5)),
            (.seconds(9_000_000_000), 4, 4, .seconds(9_000_000_000)),
        ])
    func scaled(duration: Duration, numerator: Int64, denominator: Int64, expected: Duration) {
        #expect(duration.scaled(by: numerator, over: denominator) == expected)
    }

    @Test(
        "as short text",
        arguments: [
            (Duration.zero, "0 us"), (.microseconds(999), "999 us"), (.milliseconds(1), "1 ms"),
            (.milliseconds(999), "999 ms"), (.seconds(1), "1 s"), (.milliseconds(1550), "1.5 s"),
            (.seconds(90), "90 s"),
            (.seconds(Int64.max), "9223372036.8 s"),
        ])
    func brief(duration: Duration, expected: String) {
        #expect(duration.brief == expected)
    }

    @Test("instants saturate at both ends")
    func instants() {
        let first = MonotonicInstant(nanoseconds: .min)
        let last = MonotonicInstant.distantFuture
        #expect(last.advanced(by: .seconds(1)) == last)
        #expect(first.advanced(by: .seconds(-1)) == first)
        #expect(last.advanced(by: .seconds(Int64.max)) == last)
        #expect(first.duration(to: last) == .nanoseconds(Int64.max))
        #expect(last.duration(to: first) == .nanoseconds(Int64.min))
        #expect(first < last && MonotonicInstant(nanoseconds: 5).advanced(by: .nanoseconds(-7)).nanoseconds == -2)
    }

    @Test("timestamps saturate at both ends")
    func timestamps() {
        let first = Timestamp(secondsSinceEpoch: .min)
        let last = Timestamp(secondsSinceEpoch: .max)
        #expect(first.nanoseconds == .min && last.nanoseconds == .max)
        #expect(last.advanced(by: .seconds(Int64.max)) == last)
        #expect(first.advanced(by: .seconds(Int64.min)) == first)
        #expect(first.duration(to: last) == .nanoseconds(Int64.max))
        #expect(last.duration(to: first) == .nanoseconds(Int64.min))
    }

    @Test("the system's clocks run forwards, and waiting for the past does not wait")
    func system() async throws {
        let runtime = Runtime.system
        let start = runtime.now()
        try await runtime.sleep(start)
        try await runtime.sleep(MonotonicInstant(nanoseconds: .min))
        #expect(runtime.now() >= start)
        #expect(runtime.wallTime() > Timestamp(secondsSinceEpoch: 1_700_000_000))
        #expect(Set((0..<64).map { _ in runtime.random() }).count == 64)
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await runtime.sleep(.distantFuture)
        }
        await #expect(throws: CancellationError.self) { try await cancelled.value }
    }

    @Test("a session whose bounds on time are as long as can be works")
    func endless() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply()
            let forever = Duration.seconds(Int64.max)
            let api = try scenario.api {
                $0.timeouts = Timeouts(connect: forever, attempt: forever, idle: forever, total: forever)
            }
            _ = try await scenario.time.run { try await api.get("/x") }
        }
    }
}
