#if CLI
/// The parameters of an `application/x-www-form-urlencoded` body.
///
/// RFC 6749 section 3.2: a parameter without a value counts as omitted, and none may appear twice.
struct FormBody: Sendable {
    /// Why a form was refused.
    enum Failure: Error {
        case malformed
        case tooManyParameters
        case duplicate(name: String)
    }

    /// More parameters than any grant has; a bound on what one request can make the server hold.
    static let maximumParameters = 64

    /// RFC 8707 section 2 and RFC 8693 section 2.1 let these appear several times.
    private static let repeatable: Set<String> = ["resource", "audience"]

    private var values: [String: String] = [:]

    init(_ bytes: [UInt8]) throws(Failure) {
        let pairs = bytes.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true)
        guard pairs.count <= Self.maximumParameters else { throw .tooManyParameters }
        for pair in pairs {
            let end = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            guard
                let name = PercentDecoding.decode(pair[..<end], plusIsSpace: true),
                let value = PercentDecoding.decode(pair[end...].dropFirst(), plusIsSpace: true)
            else { throw .malformed }
            if values[name] != nil, !Self.repeatable.contains(name) { throw .duplicate(name: name) }
            values[name] = value
        }
    }

    /// The value, `nil` when the parameter is absent or empty.
    subscript(name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    /// Whether the parameter was sent at all, even without a value.
    func contains(_ name: String) -> Bool { values[name] != nil }

    /// The names of all parameters sent.
    var names: some Collection<String> { values.keys }
}
#endif
