#if CLI
/// Tokens nobody can guess.
enum RandomToken {
    /// 32 bytes of the system's random number generator in base64url, 43 characters.
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return Base64.encodeURLSafe((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}
#endif
