/// Why a cassette cannot be played, recorded or written.
public struct CassetteFailure: Error, Sendable, CustomStringConvertible {
    /// What happened.
    public let description: String
    /// The error below.
    public let underlying: (any Error)?

    init(_ description: String, underlying: (any Error)? = nil) {
        self.description = description
        self.underlying = underlying
    }
}
