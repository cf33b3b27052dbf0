#if NIO
public import TesseraCore
import TesseraNIO

extension Session {
    /// A session on the default transport, which all such sessions of the process share.
    ///
    /// ```swift
    /// let api = try Session("https://api.example.com", auth: .bearer(Secret(environment: "API_TOKEN")))
    /// ```
    ///
    /// - Throws: ``TesseraError`` when the URL, a header, the credential or the settings cannot be accepted, and for
    ///   credentials on an `http` URL that is not loopback.
    public init(
        _ url: String, auth: (any Authenticator)? = nil, _ configure: (inout Configuration) -> Void = { _ in }
    ) throws {
        try self.init(url, auth: auth, transport: DefaultTransport.shared, configure)
    }
}

/// The transport of sessions and clients that are given none.
public enum DefaultTransport {
    /// The one of the process.
    public static var shared: any Transport { NIOTransport.shared }
}
#endif
