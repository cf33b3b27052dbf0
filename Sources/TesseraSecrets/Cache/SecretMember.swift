#if Secrets
import TesseraCore

/// One member of a secret that is a JSON object, such as `{"username": …, "password": …}`.
enum SecretMember {
    static func select(
        _ member: String?, of value: SecretValue, _ reference: SecretReference
    ) throws(TesseraError) -> SecretValue {
        guard let member else { return value }
        let members: [String: Text]
        do {
            members = try value.secret.withExposedBytes {
                try JSONCoding().decode([String: Text].self, from: Array($0))
            }
        } catch {
            throw TesseraError(
                .secretUnavailable, "the secret \(reference) is no JSON object",
                remedy: "ask for it without member:, or store it as an object")
        }
        guard let text = members[member]?.value else {
            throw TesseraError(
                .secretUnavailable, "the secret \(reference) has no text member \(member)",
                remedy: "check the member's name; it has \(members.count) members")
        }
        return SecretValue(Secret(text), version: value.version, lifetime: value.lifetime)
    }

    /// Text, or something else that does not matter.
    private struct Text: Decodable {
        let value: String?

        init(from decoder: any Decoder) throws {
            value = try? decoder.singleValueContainer().decode(String.self)
        }
    }
}
#endif
