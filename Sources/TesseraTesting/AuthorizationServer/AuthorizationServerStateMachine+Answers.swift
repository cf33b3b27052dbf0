import TesseraCore

/// Issuing tokens, and putting answers together.
extension AuthorizationServerStateMachine {
    mutating func issueRefreshToken(_ login: Int, _ generation: UInt64) -> String {
        let value = "rt.\(login).\(generation).\(randomText())"
        refreshTokens[value] = RefreshToken(login: login, generation: generation)
        return value
    }

    mutating func issueAccessToken(_ login: Int?, _ now: MonotonicInstant) -> String {
        let value = "at.\(login.map(String.init) ?? "client").\(randomText())"
        accessTokens[value] = AccessToken(
            login: login, expiry: configuration.accessTokenLifetime.map { now.advanced(by: $0) })
        return value
    }

    /// SplitMix64 (Steele, Lea and Flood, 2014): enough for a double, and the same for the same seed.
    mutating func randomText() -> String {
        random &+= 0x9E37_79B9_7F4A_7C15
        var word = random
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return String(word ^ (word >> 31), radix: 36) + String(random & 0xFFFF_FFFF, radix: 36)
    }

    func reply(_ issued: Issued) -> ServerReply {
        var members: [String: JSONValue] = [
            "access_token": .string(issued.accessToken), "token_type": "Bearer",
        ]
        if let lifetime = configuration.accessTokenLifetime {
            members["expires_in"] = .integer(lifetime.clampedNanoseconds / 1_000_000_000)
        }
        if let token = issued.refreshToken { members["refresh_token"] = .string(token) }
        if let scope = issued.scope { members["scope"] = .string(scope) }
        return ServerReply(status: 200, json: .object(members))
    }

    func refuseGrant(_ outcome: HostileAuthorizationServer.Outcome, _ decision: inout Decision) -> ServerReply {
        decision.outcome = outcome
        return refusal(configuration.grantRefusal, 400, "invalid_grant")
    }

    func refusal(
        _ refusal: HostileAuthorizationServer.Refusal, _ status: Int, _ code: JSONValue
    ) -> ServerReply {
        switch refusal {
        case .standard: Self.error(status, code)
        case .emptyBadRequest: ServerReply(status: 400)
        case .emptyForbidden: ServerReply(status: 403)
        }
    }

    static func error(_ status: Int, _ code: JSONValue) -> ServerReply {
        // RFC 6749 §5.2: a 401 names the scheme that the client may use.
        let fields = status == 401 ? ["WWW-Authenticate": "Basic realm=\"hostile\""] : [:]
        return ServerReply(status: status, fields: fields, json: ["error": code])
    }

    static let invalidToken = ServerReply(
        status: 401, fields: ["WWW-Authenticate": "Bearer realm=\"hostile\", error=\"invalid_token\""])

    /// RFC 6749 §2.3.1: Basic with form-encoded parts, or both in the body.
    func isClient(_ authorization: String?, _ form: FormParameters) -> Bool {
        guard let secret = configuration.clientSecret else { return true }
        let expected = secret.withExposedBytes { Array($0) }
        if let authorization {
            let pair = Array(configuration.clientID.utf8) + [UInt8(ascii: ":")] + expected
            let encoded =
                QueryItems.formEncoded(configuration.clientID.utf8) + [UInt8(ascii: ":")]
                + QueryItems.formEncoded(expected)
            return [pair, encoded].contains {
                authorization == "Basic " + String(decoding: Base64.encode($0), as: UTF8.self)
            }
        }
        return form["client_id"] == configuration.clientID && form["client_secret"].map { Array($0.utf8) } == expected
    }
}
