#if OAuth
import HTTPTypes
public import TesseraCore

/// A failure to get a token, and how long it is worth remembering.
public struct TokenFailure: Sendable {
    /// What ends it.
    public enum Kind: Sendable, Hashable, Codable {
        /// Time.
        case temporary
        /// A change of the credential or of the configuration. If somebody at the authorization server can make that
        /// change (``recoversByItself``), it is asked again after a while.
        case refused(recoversByItself: Bool)
    }

    /// The error that those who wait get.
    public var error: TesseraError
    /// What ends it.
    public var kind: Kind

    /// A failure of the given kind.
    public init(_ error: TesseraError, kind: Kind) {
        self.error = error
        self.kind = kind
    }

    /// A failure as its error tells.
    ///
    /// A request that may be sent once only and may have arrived has spent what it showed, whatever came back.
    public init(_ error: TesseraError, repeatability: GrantRepeatability) {
        self.error = error
        kind = TokenFailure.kind(of: error)
        guard repeatability != .repeatable, error.history.mayHavePosted else { return }
        // Refused before anything was looked at: nothing is spent.
        if error.authorizationError == "invalid_client" || error.code == .discoveryFailed { return }
        kind = .refused(recoversByItself: false)
        guard error.code != .loginRequired else { return }
        var details = error.details
        details.underlying = error
        let wasRefused = error.authorizationError == "invalid_grant"
        self.error = .loginRequired(
            wasRefused ? .refused : .responseLost,
            "what was shown to the token endpoint can be shown once only, and may be spent: \(error.message)",
            remedy: "log in again, for a new code or assertion: the old one is not sent a second time",
            details: details)
    }

    private static func kind(of error: TesseraError) -> Kind {
        switch error.code {
        case .loginRequired: .refused(recoversByItself: false)
        case .tokenRequestRefused: .refused(recoversByItself: true)
        case .misconfigured, .redirectRefused, .insecureTransport, .storeUnsupported, .storeTampered, .storeCopied,
            .storeInsecure, .storeTooNew, .storeKeyMismatch,
            .malformedCredential, .invalidURL, .invalidTarget, .invalidHeader:
            .refused(recoversByItself: true)
        default: .temporary
        }
    }
}

extension CallHistory {
    /// The attempts of which the server's log may know.
    package var requestsThatMayHaveArrived: Int { attempts.filter(\.mayHaveArrived).count }

    /// Whether a form may have arrived; reading metadata spends nothing.
    fileprivate var mayHavePosted: Bool { attempts.contains { $0.method == .post && $0.mayHaveArrived } }
}

extension CallHistory.Attempt {
    fileprivate var mayHaveArrived: Bool {
        switch result {
        case nil, .failure(_, _, .nothingSent), .failure(_, _, .provablyUnprocessed): false
        default: true
        }
    }
}
#endif
