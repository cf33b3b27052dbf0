#if CLI
/// The client id and secret of an HTTP Basic `Authorization` field (RFC 7617), form-decoded as RFC 6749 section 2.3.1
/// asks, so that both may hold `:`, `%`, `+` and spaces.
struct BasicCredentials: Sendable {
    var clientID: String
    var clientSecret: String

    /// Reads what follows the scheme name; `nil` for anything malformed.
    init?(token68: some Collection<UInt8>) {
        guard
            let pair = Base64.decode(token68),
            let colon = pair.firstIndex(of: UInt8(ascii: ":")),
            let clientID = PercentDecoding.decode(pair[..<colon], plusIsSpace: true),
            let clientSecret = PercentDecoding.decode(pair[(colon + 1)...], plusIsSpace: true)
        else { return nil }
        self.clientID = clientID
        self.clientSecret = clientSecret
    }
}
#endif
