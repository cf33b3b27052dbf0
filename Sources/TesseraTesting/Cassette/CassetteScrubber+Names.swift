import HTTPTypes
import TesseraCore

/// Where secrets stand by the names of things.
extension CassetteScrubber {
    /// The values of a header field, its secrets tagged by name.
    mutating func field(_ name: String, _ value: String, isSealed: Bool) -> String {
        let lower = name.lowercased()
        switch lower {
        case "cookie":
            return value.split(separator: ";").map { cookie($0) }.joined(separator: "; ")
        case "set-cookie":
            let parts = value.split(separator: ";", maxSplits: 1)
            guard let first = parts.first else { return value }
            return cookie(first) + (parts.count > 1 ? ";\(parts[1])" : "")
        case "authorization", "proxy-authorization":
            // The scheme is no secret, and its token may be known by another name.
            let parts = value.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let scheme = parts.first, let token = parts.last else { return label(value, lower) }
            return "\(scheme) \(label(token, lower))"
        default:
            return isSealed || names.holdsSecret(header: lower) ? label(value, lower) : parameters(in: value)
        }
    }

    private mutating func cookie(_ pair: Substring) -> String {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = (parts.first ?? "").drop { $0 == " " }
        guard parts.count == 2, let value = parts.last, !value.isEmpty else { return String(name) }
        return "\(name)=\(label(value, "cookie_\(name)"))"
    }

    /// A form's pairs, secrets tagged by name.
    mutating func form(_ items: [QueryItems.Item]) -> [QueryItems.Item] {
        items.map { item in
            names.holdsSecret(parameter: item.name)
                ? QueryItems.Item(name: item.name, value: label(item.value, item.name)) : item
        }
    }

    /// A JSON document, secrets tagged by name, also in URLs that its strings hold.
    mutating func json(_ document: JSONValue) -> JSONValue {
        switch document {
        case .string(let text): return .string(parameters(in: text))
        case .array(let values): return .array(values.map { json($0) })
        case .object(let members):
            // In the order of names, so that tags are numbered the same way each time.
            var output: [String: JSONValue] = [:]
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                guard names.holdsSecret(member: name) else {
                    output[name] = json(value)
                    continue
                }
                switch value {
                case .string(let text): output[name] = .string(label(text, name))
                case .integer(let number): output[name] = .string(label(String(number), name))
                default: output[name] = json(value)
                }
            }
            return .object(output)
        case .integer, .number, .bool, .null: return document
        }
    }

    /// Text in which URLs may stand: `?name=value` and `&name=value` of secret names, and `//user:password@`.
    mutating func parameters(in text: String) -> String {
        guard text.contains("=") || text.contains("@") else { return text }
        var output = ""
        var rest = text[...]
        while let mark = rest.firstIndex(where: { $0 == "?" || $0 == "&" || $0 == "/" }) {
            let start = rest.index(after: mark)
            output += rest[..<start]
            let sign = rest[mark]
            rest = rest[start...]
            let taken = sign == "/" ? userInformation(&rest) : parameter(&rest)
            output += taken
        }
        return output + rest
    }

    /// After a slash: the user information of an authority, where there is one.
    private mutating func userInformation(_ rest: inout Substring) -> String {
        guard rest.first == "/" else { return "" }
        let authority = rest.dropFirst().prefix { !"/?# \"'<>\\".contains($0) }
        guard let end = authority.lastIndex(of: "@") else { return "" }
        let information = authority[..<end]
        rest = rest[end...]
        let parts = information.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let user = parts.first, let password = parts.last else {
            return "/\(label(information, "userinfo"))"
        }
        return "/\(user):\(label(password, "userinfo"))"
    }

    /// After `?` or `&`: a name and its value, where the name is one of secrets.
    private mutating func parameter(_ rest: inout Substring) -> String {
        // `&amp;` is how it stands in HTML.
        let prefix = rest.hasPrefix("amp;") ? "amp;" : ""
        let body = rest.dropFirst(prefix.count)
        let name = body.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
        let value = body.dropFirst(name.count)
        guard value.first == "=", names.holdsSecret(parameter: String(name)) else { return "" }
        let secret = value.dropFirst().prefix { !"&#; \"'<>\\".contains($0) }
        rest = value.dropFirst(1 + secret.count)
        guard !secret.isEmpty else { return "\(prefix)\(name)=" }
        // What it stands for is the secret; it may be known by that, or stand bare elsewhere.
        let decoded = FormParameters(Array("v=\(secret)".utf8))["v"] ?? String(secret)
        return "\(prefix)\(name)=\(label(decoded, String(name)))"
    }
}
