/// The path and query of a request, relative to the session's base URL.
///
/// Written as a string literal. Each interpolated value becomes exactly one encoded path segment, or one encoded value
/// once a `?` has been written, so user input cannot leave the place where it stands:
///
/// ```swift
/// try await api.get("/users/\(name)?expand=\(what)")
/// ```
///
/// A ``Secret`` cannot be interpolated: URLs end up in logs, histories and referrers (RFC 6750 §2.3). What cannot be a
/// target (dot segments, an absolute URL, an empty segment from an empty value) is reported when the call is planned.
public struct RequestTarget: Sendable, Hashable, ExpressibleByStringInterpolation {
    enum Problem: Hashable {
        case absolute, dotSegment, forbiddenCharacter, fragment, badEscape, emptyValue, tooLong
    }

    enum Destination: Hashable {
        /// Path and query in encoded form; joined to the base URL's path.
        case relative(String)
        /// A whole URL that the caller named as such.
        case absolute(AbsoluteURL)
        case unusable(Problem)
    }

    let destination: Destination
    /// The target with every interpolated value as `{}` and without its query: what may stand in a history or error.
    let template: String

    /// A target without interpolations.
    public init(stringLiteral value: String) {
        self.init(checking: value, template: value, written: value)
    }

    /// A target with interpolations.
    public init(stringInterpolation: StringInterpolation) {
        if stringInterpolation.hasEmptyValue {
            self.init(destination: .unusable(.emptyValue), template: stringInterpolation.template)
        } else {
            self.init(
                checking: stringInterpolation.encoded, template: stringInterpolation.template,
                written: stringInterpolation.written)
        }
    }

    /// A target from a path that is only known at run time, for example from a configuration file.
    ///
    /// It is held to the same rules as a literal, so it cannot name another host or leave the base path.
    public init(relative path: String) {
        self.init(checking: path, template: "/{}", written: path)
    }

    /// A target that leaves the base URL on purpose. Credentials still go only to their origins.
    public init(absolute url: AbsoluteURL) {
        self.init(destination: .absolute(url), template: "/{}")
    }

    private init(destination: Destination, template: String) {
        self.destination = destination
        self.template = template
    }

    /// - Parameter written: `text` with an `x` for each interpolated value, which is one segment whatever it holds.
    private init(checking text: String, template: String, written: String) {
        let writtenPath = written.prefix { $0 != "?" }
        self.destination =
            PathSegments.climbWhenDecoded(String(writtenPath)) ? .unusable(.dotSegment) : RequestTarget.check(text)
        let mark = template.utf8.firstIndex(of: UInt8(ascii: "?"))
        self.template = mark.map { String(template[..<$0]) } ?? template
    }

    private static func check(_ text: String) -> Destination {
        var needsEncoding = false
        var path = text[...].utf8
        guard path.count <= AbsoluteURL.longest else { return .unusable(.tooLong) }
        for byte in path {
            if byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\\") { return .unusable(.forbiddenCharacter) }
            if byte == UInt8(ascii: "#") { return .unusable(.fragment) }
            needsEncoding = needsEncoding || !(byte.isQueryCharacter)
        }
        if let mark = path.firstIndex(of: UInt8(ascii: "?")) { path = path[..<mark] }
        if path.starts(with: "//".utf8) || hasScheme(path) { return .unusable(.absolute) }
        if PathSegments.containDots(String(Substring(path))) { return .unusable(.dotSegment) }
        guard needsEncoding else { return .relative(text) }
        do {
            let reference = try URLReference.encoded(Array(text.utf8)[...], allowing: \.isQueryCharacter)
            // What is sent is bounded, not what was written.
            return reference.utf8.count <= AbsoluteURL.longest ? .relative(reference) : .unusable(.tooLong)
        } catch {
            return .unusable(.badEscape)
        }
    }

    /// A colon in the first segment, as in `https:…`, `javascript:…` or `host:80/`.
    private static func hasScheme(_ path: Substring.UTF8View) -> Bool {
        for byte in path {
            if byte == UInt8(ascii: "/") { return false }
            if byte == UInt8(ascii: ":") { return true }
        }
        return false
    }
}

extension RequestTarget {
    /// Collects literals as they are and encodes interpolated values.
    public struct StringInterpolation: StringInterpolationProtocol {
        var encoded = ""
        var template = ""
        var written = ""
        var hasEmptyValue = false
        private var isInQuery = false

        /// Reserves room for the parts.
        public init(literalCapacity: Int, interpolationCount: Int) {
            encoded.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        /// Appends literal text.
        public mutating func appendLiteral(_ literal: String) {
            encoded += literal
            template += literal
            written += literal
            isInQuery = isInQuery || literal.utf8.contains(UInt8(ascii: "?"))
        }

        /// Appends a value as one encoded path segment, or as one query value after a `?`.
        ///
        /// An empty value is refused in a path: `"/users/\(id)"` would otherwise name the whole collection.
        public mutating func appendInterpolation(_ value: some RequestTargetValue) {
            let text = value.requestTargetText
            hasEmptyValue = hasEmptyValue || (text.isEmpty && !isInQuery)
            encoded += PercentEncoding.component(text)
            template += "{}"
            written += "x"
        }

        /// Appends text that is encoded already, for example several segments; it is checked like a literal.
        public mutating func appendInterpolation(raw text: String) {
            encoded += text
            template += "{}"
            written += text
            isInQuery = isInQuery || text.utf8.contains(UInt8(ascii: "?"))
        }

        /// Secrets do not belong in URLs.
        @available(
            *, unavailable,
            message: "a secret in a URL ends up in logs, histories and referrers (RFC 6750 §2.3); pass it with auth:"
        )
        public mutating func appendInterpolation(_ secret: Secret) {}
    }
}

/// A value that may be interpolated into a ``RequestTarget`` or stand in ``QueryItems``.
public protocol RequestTargetValue: Sendable {
    /// The value's text, not encoded.
    var requestTargetText: String { get }
}

extension String: RequestTargetValue {
    /// The string itself.
    public var requestTargetText: String { self }
}

extension Substring: RequestTargetValue {
    /// The text of the slice.
    public var requestTargetText: String { String(self) }
}

extension Bool: RequestTargetValue {
    /// `true` or `false`.
    public var requestTargetText: String { self ? "true" : "false" }
}

extension RequestTargetValue where Self: BinaryInteger {
    /// The decimal digits.
    public var requestTargetText: String { String(self) }
}

extension Int: RequestTargetValue {}
extension Int32: RequestTargetValue {}
extension Int64: RequestTargetValue {}
extension UInt: RequestTargetValue {}
extension UInt32: RequestTargetValue {}
extension UInt64: RequestTargetValue {}

extension RequestTargetValue where Self: RawRepresentable, RawValue: RequestTargetValue {
    /// The text of the raw value, so that an enum of strings can be used as it is.
    public var requestTargetText: String { rawValue.requestTargetText }
}
