/// What a mode needs to know before it connects.
struct Plan: Sendable {
    var target: Target
    var concurrency: Int
    var bearerToken: String
    /// Only for a server with a self-signed certificate on loopback.
    var skipsVerification: Bool
}

enum PlanError: Error, CustomStringConvertible {
    case needsPlainHTTP
    case needsTLS

    var description: String {
        switch self {
        case .needsPlainHTTP: "this mode speaks plain HTTP/1.1: give it an http:// URL"
        case .needsTLS: "this mode speaks HTTP/2 over TLS: give it an https:// URL"
        }
    }
}
