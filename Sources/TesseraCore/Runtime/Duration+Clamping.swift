extension Duration {
    /// `Duration.components` ends the process beyond 2^63 seconds, so longer ones are cut before it is asked.
    private static let longest = Duration.nanoseconds(Int64.max)
    private static let shortest = Duration.nanoseconds(Int64.min)

    /// The duration in nanoseconds, clamped to what `Int64` holds (about 292 years).
    package var clampedNanoseconds: Int64 {
        guard self < Duration.longest else { return .max }
        guard self > Duration.shortest else { return .min }
        let (seconds, attoseconds) = components
        return seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
    }

    /// The duration in seconds, for display and for statistics; clamped as ``clampedNanoseconds`` is.
    package var inSeconds: Double {
        Double(clampedNanoseconds) / 1e9
    }

    /// A duration of `seconds`, clamped to 0…292 years; NaN gives zero.
    ///
    /// `Duration.seconds(Double)` traps on large values, so numbers of a peer go through here.
    package static func clamping(seconds: Double) -> Duration {
        guard seconds > 0 else { return .zero }
        guard seconds < 9_000_000_000 else { return longest }
        return .nanoseconds(Int64(seconds * 1e9))
    }

    /// A part of the duration, `numerator / denominator`, computed in nanoseconds without overflow.
    package func scaled(by numerator: Int64, over denominator: Int64) -> Duration {
        guard denominator != 0 else { return .zero }
        let isNegative = (self < .zero) != ((numerator < 0) != (denominator < 0))
        let (high, low) = clampedNanoseconds.magnitude.multipliedFullWidth(by: numerator.magnitude)
        guard high < denominator.magnitude else { return isNegative ? .shortest : .longest }
        let (quotient, _) = denominator.magnitude.dividingFullWidth((high, low))
        guard let result = Int64(exactly: quotient) else { return isNegative ? .shortest : .longest }
        return .nanoseconds(isNegative ? -result : result)
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
