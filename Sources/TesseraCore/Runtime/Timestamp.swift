/// A point in wall-clock time: nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Used for what must be understood by other machines (HTTP dates, stored expiries). Arithmetic saturates.
public struct Timestamp: Hashable, Comparable, Sendable, Codable {
    /// Nanoseconds since the epoch; negative before it.
    public var nanoseconds: Int64

    /// A time `nanoseconds` after the epoch.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// A time `seconds` after the epoch, saturating.
    public init(secondsSinceEpoch seconds: Int64) {
        self.nanoseconds = Duration.seconds(seconds).clampedNanoseconds
    }

    /// The second that has begun, since the epoch.
    package var wholeSeconds: Int64 {
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return rest < 0 ? seconds - 1 : seconds
    }

    /// This time moved by `duration`, saturating.
    public func advanced(by duration: Duration) -> Timestamp {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.clampedNanoseconds)
        guard overflow else { return Timestamp(nanoseconds: sum) }
        return Timestamp(nanoseconds: duration < .zero ? .min : .max)
    }

    /// The time from here to `other`, saturating.
    public func duration(to other: Timestamp) -> Duration {
        let (difference, overflow) = other.nanoseconds.subtractingReportingOverflow(nanoseconds)
        guard overflow else { return .nanoseconds(difference) }
        return .nanoseconds(other.nanoseconds < nanoseconds ? Int64.min : Int64.max)
    }

    /// Orders times.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}
