import Testing

@testable import TesseraCore

@Suite("ServerClock")
struct ServerClockTests {
    private static let here = Timestamp(secondsSinceEpoch: 1_767_225_600)

    @Test(
        "the offset is what the round trip leaves no doubt about, at most five minutes",
        arguments: [
            // (Date minus here, round trip, offset), in milliseconds
            (0, 0, 0), (-900, 0, 0), (900, 1000, 0), (-1000, 500, 0), (60_000, 0, 60_000), (60_000, 2000, 58_000),
            (-60_000, 0, -59_000), (-60_000, 2000, -59_000), (400_000, 0, 300_000), (-400_000, 0, -300_000),
            (315_360_000_000, 10, 300_000), (60_000, 10_000, 50_000), (60_000, 10_001, 0),
            (60_000, -1, 0),
        ])
    func offsets(date: Int, roundTrip: Int, expected: Int) {
        var clock = ServerClock()
        clock.observe(
            date: Self.here.advanced(by: .milliseconds(date)), sent: Self.here, roundTrip: .milliseconds(roundTrip))
        #expect(clock.offset == .milliseconds(expected))
    }

    @Test("a time on the server's clock is reckoned from there, and never in the past")
    func remaining() {
        var clock = ServerClock()
        clock.observe(date: Self.here.advanced(by: .seconds(120)), sent: Self.here, roundTrip: .zero)
        #expect(clock.remaining(until: Self.here.advanced(by: .seconds(180)), now: Self.here) == .seconds(60))
        #expect(clock.remaining(until: Self.here, now: Self.here) == .zero)
    }

    @Test("the ends of time do not end the process", arguments: [Int64.min, .min + 1, 0, .max - 1, .max])
    func extremes(nanoseconds: Int64) {
        for other in [Int64.min, 0, .max] {
            var clock = ServerClock()
            clock.observe(
                date: Timestamp(nanoseconds: nanoseconds), sent: Timestamp(nanoseconds: other), roundTrip: .seconds(1))
            #expect(abs(clock.offset.clampedNanoseconds) <= 300_000_000_000)
            _ = clock.remaining(until: Timestamp(nanoseconds: nanoseconds), now: Timestamp(nanoseconds: other))
        }
    }
}
