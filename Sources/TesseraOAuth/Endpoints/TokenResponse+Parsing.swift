#if OAuth
import HTTPTypes
package import TesseraCore

extension TokenResponse {
    /// The longest token that is accepted, in bytes.
    static let longestToken = 16_384
    /// Lifetimes above a year are cut to it.
    static let longestLifetime: Int64 = 31_536_000

    /// Reads the answer of a token endpoint.
    ///
    /// - Throws: ``TesseraError`` with a code of its own for each way to be wrong; nothing of the answer but the
    ///   registered error code stands in its message.
    package init(_ response: Session.Response) throws {
        guard (200..<300).contains(response.status.code) else { throw TokenResponse.refusal(response) }
        let body: Body
        do {
            body = try response.json(Body.self)
        } catch {
            let type = response.headerFields[.contentType].map { String($0.prefix { $0 != ";" }) } ?? "none"
            throw TokenResponse.invalid(
                "the answer is no JSON object (content type \(PrintableText.singleLine(type, limit: 40)))", response,
                remedy: "check that the URL is the token endpoint's and not a login page's")
        }
        if body.error.value != nil { throw TokenResponse.refusal(response, body) }
        guard let token = body.accessToken.value else {
            throw TokenResponse.invalid("access_token is \(body.accessToken.flaw)", response)
        }
        guard token.utf8.count <= TokenResponse.longestToken else {
            throw TokenResponse.invalid("access_token is longer than \(TokenResponse.longestToken) bytes", response)
        }
        let secret = Secret(token)
        guard (try? Credential.bearer(secret)) != nil else {
            throw TokenResponse.invalid("access_token holds characters that a token cannot have", response)
        }
        switch body.tokenType {
        case .missing: break
        case .value(let type) where type.lowercased() == "bearer": break
        default:
            throw TokenResponse.invalid(
                "token_type is not Bearer", response, remedy: "this client sends bearer tokens only")
        }
        if case .unusable = body.scope { throw TokenResponse.invalid("scope is no string", response) }
        self.init(
            accessToken: secret, lifetime: try TokenResponse.lifetime(body.expiresIn, response),
            scope: Set((body.scope.value ?? "").split(separator: " ").prefix(1000).map(String.init)))
        requests = response.history.requestsThatMayHaveArrived
    }

    private static func lifetime(_ expiresIn: Number, _ response: Session.Response) throws -> Duration? {
        switch expiresIn {
        case .missing: return nil
        case .whole(let seconds) where seconds > 0: return .seconds(min(seconds, longestLifetime))
        case .whole, .unusable:
            throw invalid(
                "expires_in is not a whole number of seconds from 1 to 2^53", response,
                remedy: "report it to whoever runs the authorization server")
        }
    }

    /// What an answer outside 200…299, or one with an `error`, means (RFC 6749 §5.2).
    static func refusal(_ response: Session.Response, _ known: Body? = nil) -> TesseraError {
        let status = response.status.code
        var details = TesseraError.Details()
        details.status = response.status
        details.history = response.history
        details.retryAfter = response.retryAfter
        guard !(300..<400).contains(status) else {
            return TesseraError(
                .redirectRefused, "the token endpoint answered with a redirect, which is never followed",
                remedy: "configure the token endpoint's final URL", details: details)
        }
        let body = known ?? (try? response.json(Body.self))
        let code = body?.error.value.flatMap(registered)
        details.authorizationError = code
        details.problem = body?.errorDescription.value.map {
            Problem(detail: PrintableText.redactedLine($0, limit: 300))
        }
        let named = code.map { " with error \($0)" } ?? ""
        let isTemporary = status == 429 || status >= 500 || code == "temporarily_unavailable" || code == "server_error"
        if isTemporary {
            return TesseraError(
                .tokenEndpointUnavailable, "the token endpoint answered with status \(status)\(named)",
                remedy: "try again later", details: details)
        }
        let remedy =
            switch code {
            case "invalid_client": "check the client's id, its secret and its authentication method"
            case nil where status == 401 || status == 403:
                "check the client's id, its secret and its authentication method"
            case "invalid_scope": "check the scope that is asked for"
            case "unauthorized_client", "unsupported_grant_type": "allow the grant for this client at the server"
            default: "check the client's registration at the authorization server"
            }
        return TesseraError(
            .tokenRequestRefused, "the token endpoint refused the request with status \(status)\(named)",
            remedy: remedy, details: details)
    }

    /// An error code as RFC 6749 §5.2 allows one; anything else is free text, which no message repeats.
    private static func registered(_ code: String) -> String? {
        let isCode =
            (1...64).contains(code.utf8.count)
            && code.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x5F
            }
        return isCode ? code : nil
    }

    private static func invalid(_ flaw: String, _ response: Session.Response, remedy: String? = nil) -> TesseraError {
        var details = TesseraError.Details()
        details.status = response.status
        details.history = response.history
        return TesseraError(
            .invalidTokenResponse, "the token endpoint's answer cannot be used: \(flaw)", remedy: remedy,
            details: details)
    }
}

extension TokenResponse {
    /// The members of RFC 6749 §5.1 and §5.2, each taken as it comes, so that one bad member is named and not all.
    struct Body: Decodable {
        var accessToken: Text
        var tokenType: Text
        var expiresIn: Number
        var scope: Text
        var error: Text
        var errorDescription: Text

        enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
            case tokenType = "token_type"
            case expiresIn = "expires_in"
            case scope, error
            case errorDescription = "error_description"
        }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            accessToken = Text(members, .accessToken)
            tokenType = Text(members, .tokenType)
            expiresIn = Number(members, .expiresIn)
            scope = Text(members, .scope)
            error = Text(members, .error)
            errorDescription = Text(members, .errorDescription)
        }
    }

    enum Text {
        case missing
        case value(String)
        case unusable

        init(_ members: KeyedDecodingContainer<Body.CodingKeys>, _ key: Body.CodingKeys) {
            guard members.contains(key), (try? members.decodeNil(forKey: key)) == false else {
                self = .missing
                return
            }
            self = (try? members.decode(String.self, forKey: key)).map { .value($0) } ?? .unusable
        }

        var value: String? {
            if case .value(let text) = self, !text.isEmpty { text } else { nil }
        }

        var flaw: String {
            switch self {
            case .missing: "missing"
            case .value: "empty"
            case .unusable: "no string"
            }
        }
    }

    /// A number of seconds: servers write it as a number, a number with a fraction of zero, or a string of digits.
    enum Number {
        case missing
        case whole(Int64)
        case unusable

        private static let largest: Int64 = 1 << 53

        init(_ members: KeyedDecodingContainer<Body.CodingKeys>, _ key: Body.CodingKeys) {
            guard members.contains(key), (try? members.decodeNil(forKey: key)) == false else {
                self = .missing
                return
            }
            if let number = try? members.decode(Int64.self, forKey: key) {
                self = number <= Number.largest ? .whole(number) : .unusable
            } else if let number = try? members.decode(Double.self, forKey: key), let whole = Int64(exactly: number) {
                self = whole <= Number.largest ? .whole(whole) : .unusable
            } else if let text = try? members.decode(String.self, forKey: key), text.utf8.count <= 16,
                let number = Int64(text)
            {
                self = number <= Number.largest ? .whole(number) : .unusable
            } else {
                self = .unusable
            }
        }
    }
}
#endif
