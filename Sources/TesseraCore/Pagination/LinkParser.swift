import HTTPTypes

/// Parses `Link` fields by the whole grammar of RFC 8288 §3: parameters without values, unquoted values, several
/// relation types, names in any case, commas and semicolons inside the target and inside quotes.
///
/// A pager that misses a link shows a short list as complete, so what cannot be parsed is an error and not the end.
struct LinkParser {
    enum Failure: Error {
        case malformed, tooMany
    }

    static let fieldName = HTTPField.Name("Link") ?? .location
    static let mostLinks = 100
    static let mostParameters = 100
    static let longestField = 65_536

    private let bytes: [UInt8]
    private var position = 0

    static func parse(_ fields: some Sequence<String>) throws(Failure) -> [Link] {
        var links: [Link] = []
        for field in fields {
            guard field.utf8.count <= longestField else { throw .tooMany }
            var parser = LinkParser(bytes: Array(field.utf8))
            while let link = try parser.next() {
                guard links.count < mostLinks else { throw .tooMany }
                links.append(link)
            }
        }
        return links
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func next() throws(Failure) -> Link? {
        skip { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ",") }
        guard let byte = peek else { return nil }
        guard byte == UInt8(ascii: "<"), let end = bytes[position...].firstIndex(of: UInt8(ascii: ">")) else {
            throw .malformed
        }
        let target = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
        position = end + 1
        var relations: [String]?
        var parameters: [Link.Parameter] = []
        while true {
            skipWhitespace()
            guard let separator = peek, separator != UInt8(ascii: ",") else { break }
            guard separator == UInt8(ascii: ";") else { throw .malformed }
            position += 1
            skipWhitespace()
            guard let name = token()?.lowercased() else { continue }
            skipWhitespace()
            var parameter = Link.Parameter(name, nil)
            if peek == UInt8(ascii: "=") {
                position += 1
                skipWhitespace()
                parameter.value = try value()
            }
            guard name == "rel" else {
                guard parameters.count < LinkParser.mostParameters else { throw .tooMany }
                parameters.append(parameter)
                continue
            }
            // RFC 8288 §3.3: only the first rel counts.
            if relations == nil {
                relations = (parameter.value ?? "").lowercased().utf8.split { $0 == 0x20 || $0 == 0x09 }
                    .map { String(Substring($0)) }
            }
        }
        return Link(target: target, relations: relations ?? [], parameters: parameters)
    }

    private mutating func value() throws(Failure) -> String {
        guard peek == UInt8(ascii: "\"") else {
            let start = position
            skip { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: ";") && $0 != 0x20 && $0 != 0x09 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
        position += 1
        var value: [UInt8] = []
        while let byte = peek {
            position += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: value, as: UTF8.self) }
            if byte == UInt8(ascii: "\\"), let escaped = peek {
                value.append(escaped)
                position += 1
            } else {
                value.append(byte)
            }
        }
        throw .malformed
    }

    private mutating func token() -> String? {
        let start = position
        skip(while: \.isTokenCharacter)
        return position > start ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipWhitespace() {
        skip { $0 == 0x20 || $0 == 0x09 }
    }

    private mutating func skip(while matches: (UInt8) -> Bool) {
        while position < bytes.count, matches(bytes[position]) { position += 1 }
    }
}
