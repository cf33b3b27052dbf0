#if OAuth
import TesseraCore

extension RotationFailure {
    /// What an asker gets.
    func error(_ key: TokenKey) -> TesseraError {
        switch self {
        case .notLoggedIn: return .loginRequired(.notLoggedIn, "the store has no login for \(key)")
        case .loginRequired(let dead): return .loginRequired(dead.reason.loginReason, dead.explanation)
        case .storeUnavailable(let error):
            return error
                ?? TesseraError(.storeFailed, "the token store cannot be used just now", remedy: "try again later")
        case .unstored(let error):
            return TesseraError(
                .storeFailed, "new tokens arrived but cannot be stored; they are held until they can be",
                remedy: "make the store writable; if this process ends first, a new login is needed",
                underlying: error)
        case .heldByPeer(let wait):
            return .retryLater(after: wait, "another process is renewing this login")
        case .endpoint(let error, let wait):
            guard let error else {
                return .retryLater(after: wait, "the token endpoint did not say clearly whether it renewed the login")
            }
            return error
        case .misconfigured(let error):
            return error ?? TesseraError(.misconfigured, "the token endpoint refused the client")
        case .unusableAnswer(let error):
            return error
                ?? TesseraError(.invalidTokenResponse, "the token endpoint's answer holds no access token")
        case .shutDown: return TesseraError(.shutDown, "the login was shut down in this process")
        }
    }
}

extension TesseraError {
    fileprivate init(_ code: Code, _ message: String, remedy: String, underlying: TesseraError?) {
        var details = Details()
        details.underlying = underlying
        self.init(code, message, remedy: remedy, details: details)
    }
}

extension LoginRecord.Dead {
    /// What happened, for a person (I4b): generation, attempts and, where known, when.
    var explanation: String {
        let what =
            switch reason {
            case .refused: "the authorization server refused the refresh token"
            case .responseLost: "the answer that held the next refresh token was lost"
            case .storeFailed: "the next refresh token could not be stored and was revoked"
            case .accountChanged: "the authorization server answered with tokens of another person"
            case .loggedOut: "this login was logged out"
            }
        guard reason != .loggedOut else { return what }
        let when = sentAt.map { ", first sent \($0.time.nanoseconds / 1_000_000_000) s after 1970" } ?? ""
        return "\(what) (generation \(generation), \(attempts) attempt\(attempts == 1 ? "" : "s")\(when))"
    }
}

extension LoginRecord.Dead.Reason {
    var loginReason: TesseraError.LoginReason {
        switch self {
        case .refused: .refused
        case .responseLost: .responseLost
        case .storeFailed: .storeFailed
        case .accountChanged: .accountChanged
        case .loggedOut: .loggedOut
        }
    }
}
#endif
