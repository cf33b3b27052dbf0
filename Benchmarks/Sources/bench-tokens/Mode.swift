import TesseraCore
import TesseraOAuth

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

enum Mode: String, Sendable {
    /// The token needs nothing.
    case fresh
    /// The token is in its advisory window, and another one is on its way all the time.
    case refreshing

    var expectedPhase: TokenStatus.Phase { self == .fresh ? .fresh : .renewing }

    func source() -> RefreshingTokenSource {
        RefreshingTokenSource(longestFetch: .seconds(300)) { [self] fetch in
            if fetch.occasion == .aging { try await fetch.runtime.sleep(.distantFuture) }
            let value = String(repeating: "0123456789abcdef", count: 50)
            var response = TokenResponse(accessToken: Secret(value), lifetime: .seconds(3600), scope: ["read"])
            // Four minutes before its end.
            if self == .refreshing { response.issuedAt = fetch.runtime.now().advanced(by: .seconds(-3360)) }
            return response
        }
    }
}

func exit(_ status: Int32) -> Never {
    #if canImport(Darwin)
    Darwin.exit(status)
    #else
    Glibc.exit(status)
    #endif
}
