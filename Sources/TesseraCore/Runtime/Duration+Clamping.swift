extension Duration {
    /// The duration in nanoseconds, clamped to what `Int64` holds (about 292 years).
    package var clampedNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        guard overflow || carry else { return sum }
        return seconds < 0 ? .min : .max
    }

    /// The duration in seconds, for display and for statistics.
    package var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    /// A duration of `seconds`, clamped to 0…292 years; NaN gives zero.
    ///
    /// `Duration.seconds(Double)` traps on large values, so numbers of a peer go through here.
    package static func clamping(seconds: Double) -> Duration {
        guard seconds > 0 else { return .zero }
        guard seconds < 9_000_000_000 else { return .nanoseconds(Int64.max) }
        return .nanoseconds(Int64(seconds * 1e9))
    }

    /// A part of the duration, `numerator / denominator`, computed in nanoseconds without overflow.
    package func scaled(by numerator: Int64, over denominator: Int64) -> Duration {
        guard denominator != 0 else { return .zero }
        let (high, low) = clampedNanoseconds.multipliedFullWidth(by: numerator)
        guard high == (low >> 63 == 0 ? 0 : -1) else { return .nanoseconds(Int64.max) }
        return .nanoseconds(Int64(truncatingIfNeeded: low) / denominator)
    }

    /// A short text such as `250 ms` or `1.5 s`.
    package var brief: String {
        let nanoseconds = clampedNanoseconds
        if nanoseconds < 1_000_000 { return "\(nanoseconds / 1000) us" }
        if nanoseconds < 1_000_000_000 { return "\(nanoseconds / 1_000_000) ms" }
        let tenths = nanoseconds / 100_000_000
        return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    }
}
