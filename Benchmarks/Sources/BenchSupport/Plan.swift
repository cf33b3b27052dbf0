/// What a mode needs to know before it connects.
package struct Plan: Sendable {
    package var target: Target
    package var concurrency: Int
    package var bearerToken: String
    /// A PEM file with the certificate to trust instead of the system's.
    package var certificateAuthority: String?
    /// The most connections to one origin.
    package var connections: Int
    /// How many origins are asked in turn.
    package var origins: Int
    /// The size of a body that is sent.
    package var bytes: Int
}

package enum PlanError: Error, CustomStringConvertible {
    case needsPlainHTTP
    case needsTLS

    package var description: String {
        switch self {
        case .needsPlainHTTP: "this mode speaks plain HTTP/1.1: give it an http:// URL"
        case .needsTLS: "this mode speaks HTTP/2 over TLS: give it an https:// URL"
        }
    }
}
