#if Secrets
import TesseraCore

/// How far AWS's clock is from this machine's, as the `Date` of an answer shows that refused a signature.
///
/// Services take signatures that are at most 5 minutes off (S3: 15). An answer from 400 to 403 whose `Date` is 4 minutes or
/// more from the time of the signature was given because of the time: they name no status or field of their own for it.
struct AWSSigningClock: Sendable, Hashable {
    static let tolerance = Duration.seconds(240)
    /// More than any time zone: a clock that is further off is an error, not an offset. Bounds what a server could make us
    /// sign for its future.
    static let largestOffset = Duration.seconds(86_400)

    /// What to add to this machine's time to have AWS's.
    private(set) var offset = Duration.zero

    /// Whether a signature made at `signed` was too far from the server's time.
    static func isOff(signed: Timestamp, date: Timestamp) -> Bool {
        let difference = signed.duration(to: date)
        return difference >= tolerance || difference <= .zero - tolerance
    }

    /// Takes the server's time over.
    ///
    /// - Returns: False when it is too far away to be believed.
    mutating func learn(date: Timestamp, now: Timestamp) -> Bool {
        let difference = now.duration(to: date)
        guard difference <= Self.largestOffset, difference >= .zero - Self.largestOffset else { return false }
        offset = difference
        return true
    }
}
#endif
