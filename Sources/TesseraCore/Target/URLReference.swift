/// A URI reference taken apart (RFC 3986 §4.1), before it is resolved.
struct URLReference {
    enum Problem: Error {
        case empty, tooLong, forbiddenCharacter, missingScheme, unsupportedScheme
        case userInformation, badHost, badPort, badEscape

        var explanation: String {
            switch self {
            case .empty: "the URL is empty"
            case .tooLong: "the URL is longer than \(AbsoluteURL.longest) bytes"
            case .forbiddenCharacter: "the URL holds a control character, a backslash or a space"
            case .missingScheme: "the URL is not absolute; it must start with https:// or http://"
            case .unsupportedScheme: "the URL's scheme is neither https nor http"
            case .userInformation: "the URL holds user information before an @; pass credentials with auth: instead"
            case .badHost:
                "the URL's host is not an ASCII name or address (an international name goes in its xn-- form)"
            case .badPort: "the URL's port is not a number from 1 to 65535"
            case .badEscape: "the URL holds a percent sign that is not followed by two hexadecimal digits"
            }
        }
    }

    var scheme: Origin.Scheme?
    var authority: (host: String, port: UInt16?)?
    var path: String
    var query: String?

    static func parse(_ text: String) throws(Problem) -> URLReference {
        let bytes = Array(text.utf8)
        guard bytes.count <= AbsoluteURL.longest else { throw .tooLong }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }) else {
            throw .forbiddenCharacter
        }
        var rest = bytes[...]
        if let hash = rest.firstIndex(of: UInt8(ascii: "#")) { rest = rest[..<hash] }
        let scheme = try takeScheme(&rest)
        var authority: (host: String, port: UInt16?)?
        if rest.starts(with: [0x2F, 0x2F]) {
            rest = rest.dropFirst(2)
            let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
            authority = try parseAuthority(rest[..<end])
            rest = rest[end...]
        } else if scheme != nil {
            // `https:evil` and `https:/evil` are read differently by different parsers.
            throw .badHost
        }
        let mark = rest.firstIndex(of: UInt8(ascii: "?"))
        let path = rest[..<(mark ?? rest.endIndex)]
        let query = mark.map { rest[rest.index(after: $0)...] }
        return URLReference(
            scheme: scheme, authority: authority,
            path: try encoded(path, allowing: \.isPathCharacter),
            query: try query.map { bytes throws(Problem) in try encoded(bytes, allowing: \.isQueryCharacter) })
    }

    private static func takeScheme(_ rest: inout ArraySlice<UInt8>) throws(Problem) -> Origin.Scheme? {
        guard let end = rest.firstIndex(where: { [0x3A, 0x2F, 0x3F].contains($0) }), rest[end] == 0x3A,
            rest.first?.isASCIILetter == true
        else { return nil }
        let name = String(decoding: rest[..<end].map(\.lowercased), as: UTF8.self)
        guard let scheme = Origin.Scheme(rawValue: name) else { throw .unsupportedScheme }
        rest = rest[rest.index(after: end)...]
        return scheme
    }

    private static func parseAuthority(_ bytes: ArraySlice<UInt8>) throws(Problem) -> (host: String, port: UInt16?) {
        guard !bytes.contains(UInt8(ascii: "@")) else { throw .userInformation }
        var host = bytes
        var port: UInt16?
        let afterBracket = bytes.lastIndex(of: UInt8(ascii: "]")) ?? bytes.startIndex
        if let colon = bytes[afterBracket...].firstIndex(of: UInt8(ascii: ":")) {
            host = bytes[..<colon]
            let digits = bytes[bytes.index(after: colon)...]
            if !digits.isEmpty {
                guard digits.count <= 5, digits.allSatisfy(\.isDigit), digits.first != UInt8(ascii: "0"),
                    let number = UInt16(String(decoding: digits, as: UTF8.self))
                else { throw .badPort }
                port = number
            }
        }
        guard let name = Host.normalized(String(decoding: host, as: UTF8.self)) else { throw .badHost }
        return (name, port)
    }

    /// Keeps escapes, encodes what a URL may not hold (non-ASCII and a few signs), refuses broken escapes.
    static func encoded(
        _ bytes: ArraySlice<UInt8>, allowing isAllowed: (UInt8) -> Bool
    ) throws(Problem) -> String {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        for (index, byte) in zip(bytes.indices, bytes) {
            if byte == UInt8(ascii: "%") {
                let digits = bytes[index...].dropFirst().prefix(2)
                guard digits.count == 2, digits.allSatisfy(\.isHexDigit) else { throw .badEscape }
                output.append(byte)
            } else {
                PercentEncoding.append(CollectionOfOne(byte), to: &output, unless: isAllowed)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    func absolute() throws(Problem) -> AbsoluteURL {
        guard let scheme, let authority else { throw path.isEmpty && query == nil ? .empty : .missingScheme }
        return try absolute(scheme: scheme, authority: authority, path: path, query: query)
    }

    /// RFC 3986 §5.2.2.
    func resolved(against base: AbsoluteURL) throws(Problem) -> AbsoluteURL {
        if let authority {
            return try absolute(
                scheme: scheme ?? base.origin.scheme, authority: authority, path: path, query: query)
        }
        if path.isEmpty {
            return try bounded(AbsoluteURL(origin: base.origin, path: base.path, query: query ?? base.query))
        }
        let merged: String
        if path.hasPrefix("/") {
            merged = path
        } else {
            let directory = base.path.utf8.lastIndex(of: UInt8(ascii: "/")).map { base.path[...$0] } ?? "/"
            merged = directory + path
        }
        return try bounded(AbsoluteURL(origin: base.origin, path: PathSegments.withoutDots(merged), query: query))
    }

    private func absolute(
        scheme: Origin.Scheme, authority: (host: String, port: UInt16?), path: String, query: String?
    ) throws(Problem) -> AbsoluteURL {
        guard let origin = Origin(scheme: scheme, host: authority.host, port: authority.port) else { throw .badHost }
        return try bounded(AbsoluteURL(origin: origin, path: PathSegments.withoutDots(path), query: query))
    }

    /// Encoding makes text up to three times as long, and a relative reference adds to its base.
    private func bounded(_ url: AbsoluteURL) throws(Problem) -> AbsoluteURL {
        guard url.description.utf8.count <= AbsoluteURL.longest else { throw .tooLong }
        return url
    }
}
