#if OAuth
import TesseraCore

/// The members of a token endpoint's answer that matter to a refresh besides those of ``TokenResponse``.
struct RefreshMembers {
    var hasAccessToken: Bool
    /// Nil when it is missing or cannot be one (RFC 6749 appendix A.17: printable ASCII).
    var refreshToken: Secret?
    var error: String?
    /// The `sub` of the ID token. It came from the token endpoint itself, so its signature is not needed to believe it
    /// (OpenID Connect Core §3.1.3.7, 6).
    var subject: String?

    private struct Members: Decodable {
        var accessToken: Bool
        var refreshToken: String?
        var error: String?
        var idToken: String?

        enum Key: String, CodingKey {
            case accessToken = "access_token"
            case refreshToken = "refresh_token"
            case error
            case idToken = "id_token"
        }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: Key.self)
            accessToken = members.contains(.accessToken)
            refreshToken = try? members.decode(String.self, forKey: .refreshToken)
            error = try? members.decode(String.self, forKey: .error)
            idToken = try? members.decode(String.self, forKey: .idToken)
        }
    }

    private struct Claims: Decodable {
        var sub: String
    }

    /// Nil when the answer is no JSON object.
    init?(_ response: Session.Response) {
        guard let members = try? response.json(Members.self) else { return nil }
        hasAccessToken = members.accessToken
        refreshToken = members.refreshToken.flatMap(RefreshMembers.token)
        error = members.error
        subject = members.idToken.flatMap(RefreshMembers.subject)
    }

    static func token(_ text: String) -> Secret? {
        let isToken =
            (1...TokenResponse.longestToken).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        return isToken ? Secret(text) : nil
    }

    /// The subject of an ID token (RFC 7519 §4.1.2), unverified.
    static func subject(_ token: String) -> String? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].utf8.count <= TokenResponse.longestToken,
            let payload = Base64URL.decode(parts[1].utf8)
        else { return nil }
        return try? JSONCoding().decode(Claims.self, from: payload).sub
    }
}
#endif
