/// A point on the monotonic clock that goes on counting while the machine is suspended.
///
/// Deadlines and waits use it; the expiry of tokens that other machines must agree on uses ``Timestamp``.
/// Arithmetic saturates at the ends of the range instead of trapping, because peers can influence the operands.
public struct MonotonicInstant: InstantProtocol, Hashable, Codable {
    /// Nanoseconds since an arbitrary start that is fixed for the life of the process.
    public var nanoseconds: Int64

    /// An instant at `nanoseconds` after the clock's start.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The last instant there is: a deadline that never passes.
    public static let distantFuture = MonotonicInstant(nanoseconds: .max)

    /// This instant moved by `duration`, saturating.
    public func advanced(by duration: Duration) -> MonotonicInstant {
        advanced(byNanoseconds: duration.clampedNanoseconds)
    }

    /// The same for a length that is known in nanoseconds: `Duration` counts in 128 bits, which a hot path feels.
    func advanced(byNanoseconds length: Int64) -> MonotonicInstant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(length)
        guard overflow else { return MonotonicInstant(nanoseconds: sum) }
        return MonotonicInstant(nanoseconds: length < 0 ? .min : .max)
    }

    /// The time from this instant to `other`, saturating.
    public func duration(to other: MonotonicInstant) -> Duration {
        let (difference, overflow) = other.nanoseconds.subtractingReportingOverflow(nanoseconds)
        guard overflow else { return .nanoseconds(difference) }
        return .nanoseconds(other.nanoseconds < nanoseconds ? Int64.min : Int64.max)
    }

    /// Orders instants by time.
    public static func < (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}
