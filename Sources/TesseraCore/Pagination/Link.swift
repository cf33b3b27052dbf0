/// One link of a `Link` field (RFC 8288 §3).
public struct Link: Sendable, Hashable {
    /// A target attribute, such as `title`.
    public struct Parameter: Sendable, Hashable {
        /// The name in lower case, with its asterisk if it has one.
        public var name: String
        /// The value without quotes; nil for a name that stands alone.
        public var value: String?

        /// A parameter of the given parts.
        public init(_ name: String, _ value: String?) {
            self.name = name
            self.value = value
        }
    }

    /// The reference as it stands between the angle brackets, not resolved.
    public var target: String
    /// The relation types, in lower case.
    public var relations: [String]
    /// All other parameters in order, `anchor` included.
    public var parameters: [Parameter]

    /// A link of the given parts.
    public init(target: String, relations: [String], parameters: [Parameter] = []) {
        self.target = target
        self.relations = relations
        self.parameters = parameters
    }

    /// Where the link begins (§3.2), not resolved; nil for the page itself.
    public var anchor: String? { self["anchor"] }

    /// The first value of a parameter. For `title` and others of that kind, `title*` counts more (§3.4.1).
    public subscript(name: String) -> String? {
        let name = name.lowercased()
        if let value = parameters.first(where: { $0.name == "\(name)*" })?.value,
            let text = ExtendedValue.decode(value)
        {
            return text
        }
        return parameters.first { $0.name == name }?.value
    }

    /// The link as it stands in a field.
    public var fieldValue: String {
        var text = "<\(target)>"
        if !relations.isEmpty { text += "; rel=\(Link.quoted(relations.joined(separator: " ")))" }
        for parameter in parameters {
            text += "; \(parameter.name)"
            guard let value = parameter.value else { continue }
            // An extended value is no quoted string (RFC 8187 §3.2.1); one that is broken goes as it came.
            let isExtended =
                parameter.name.hasSuffix("*") && !value.isEmpty && value.utf8.allSatisfy(\.isTokenCharacter)
            text += isExtended ? "=\(value)" : "=\(Link.quoted(value))"
        }
        return text
    }

    private static func quoted(_ value: String) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { text.unicodeScalars.append("\\") }
            text.unicodeScalars.append(scalar)
        }
        return text + "\""
    }
}

/// `UTF-8'en'%e2%82%ac%20rates`: a value with a character set and a language (RFC 8187 §3.2).
enum ExtendedValue {
    /// The text; nil when the value is none, or in another character set than UTF-8.
    static func decode(_ value: String) -> String? {
        let parts = value.utf8.split(separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].map(\.lowercased).elementsEqual("utf-8".utf8) else { return nil }
        var bytes: [UInt8] = []
        var rest = parts[2][...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                guard byte.isTokenCharacter, byte != UInt8(ascii: "*"), byte != UInt8(ascii: "'") else { return nil }
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst()?.hexValue, let low = rest.popFirst()?.hexValue else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
