#if Secrets
import TesseraCore

/// What is needed of an XML answer of the query protocol: credentials, or the code of an error.
///
/// Elements are looked for by their names, the first of each name counts, and their text is taken as it stands: what is
/// read here holds no markup.
struct AWSQueryAnswer {
    private let text: String

    init(_ body: [UInt8]) {
        text = String(decoding: body.prefix(65_536), as: UTF8.self)
    }

    /// The text of the first element of a name; nil when there is none, or when it holds further elements.
    func text(of name: String, in outer: String? = nil) -> String? {
        var range = text.startIndex..<text.endIndex
        if let outer {
            guard let inner = content(of: outer, in: range) else { return nil }
            range = inner
        }
        guard let content = content(of: name, in: range).map({ String(text[$0]) }), !content.contains("<") else {
            return nil
        }
        return content.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&apos;", with: "'").replacing("&amp;", with: "&")
    }

    private func content(of name: String, in range: Range<String.Index>) -> Range<String.Index>? {
        guard let start = text[range].firstRange(of: "<\(name)>")?.upperBound,
            let end = text[start..<range.upperBound].firstRange(of: "</\(name)>")?.lowerBound
        else { return nil }
        return start..<end
    }

    /// - Throws: With code `secretUnavailable`.
    func credentials() throws -> AWSCredentials {
        guard let id = text(of: "AccessKeyId", in: "Credentials"),
            let secret = text(of: "SecretAccessKey", in: "Credentials"),
            let token = text(of: "SessionToken", in: "Credentials"),
            let expiry = text(of: "Expiration", in: "Credentials").flatMap({ AWSTime.parse($0) })
        else {
            throw TesseraError(.secretUnavailable, "the token service gave an answer without credentials")
        }
        return try AWSCredentials(
            accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: Secret(token), expiry: expiry)
    }
}
#endif
