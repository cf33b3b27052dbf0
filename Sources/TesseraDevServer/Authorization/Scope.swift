#if CLI
/// The scope of a token request (RFC 6749 section 3.3).
enum Scope {
    /// Granted when a client asks for none.
    static let standard = ["demo"]
    static let supported = ["demo", "users:read", "projects:read", "projects:write"]

    private static let maximumTokens = 64

    /// The requested scope tokens, each once, in the order of the request; any well-formed token is granted.
    static func granted(for requested: String?) throws(TokenEndpointError) -> [String] {
        guard let requested else { return standard }
        let tokens = requested.split(separator: " ", omittingEmptySubsequences: false)
        guard tokens.count <= maximumTokens, tokens.allSatisfy(isScopeToken) else {
            throw TokenEndpointError(.invalidScope, "The scope is malformed.")
        }
        var granted: [String] = []
        for token in tokens where !granted.contains(String(token)) {
            granted.append(String(token))
        }
        return granted
    }

    private static func isScopeToken(_ token: Substring) -> Bool {
        !token.isEmpty
            && token.utf8.allSatisfy { byte in
                switch byte {
                case 0x21, 0x23...0x5B, 0x5D...0x7E: true
                default: false
                }
            }
    }
}
#endif
