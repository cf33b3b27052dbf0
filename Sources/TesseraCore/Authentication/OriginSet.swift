/// The origins, each with an optional path prefix, that a credential may go to (invariant 2).
public struct OriginSet: Sendable, Hashable {
    struct Scope: Hashable {
        var origin: Origin
        /// Encoded, without a slash at its end; empty for the whole origin.
        var path: String

        init(_ url: AbsoluteURL) {
            origin = url.origin
            path = url.path.hasSuffix("/") ? String(url.path.dropLast()) : url.path
        }

        init(_ origin: Origin) {
            self.origin = origin
            path = ""
        }
    }

    private let scopes: [Scope]

    private init(scopes: [Scope]) {
        self.scopes = scopes
    }

    /// Everything at one origin.
    public init(_ origin: Origin) {
        scopes = [Scope(origin)]
    }

    /// The given URLs; a path narrows its origin to what lies at or below it, by whole segments.
    ///
    /// - Throws: ``TesseraError`` with code ``TesseraError/Code/invalidURL``.
    public init(_ urls: String...) throws {
        scopes = try urls.map { Scope(try AbsoluteURL($0)) }
    }

    /// What lies at or below a URL.
    init(_ url: AbsoluteURL) {
        scopes = [Scope(url)]
    }

    /// Both sets.
    public func union(_ other: OriginSet) -> OriginSet {
        OriginSet(scopes: scopes + other.scopes.filter { !scopes.contains($0) })
    }

    /// Whether a credential of this set may go to `target`, a path with or without a query, at `origin`.
    public func contains(_ origin: Origin, target: String) -> Bool {
        scopes.contains { scope in
            guard scope.origin == origin else { return false }
            return scope.path.isEmpty || OriginSet.path(of: target, liesBelow: scope.path)
        }
    }

    /// By segments, so that `/tenant` does not hold `/tenant-b`; paths whose meaning servers disagree on hold nowhere.
    private static func path(of target: String, liesBelow prefix: String) -> Bool {
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        let text = String(Substring(path))
        let lower = text.lowercased()
        guard !lower.contains("%2f"), !lower.contains("%5c"), !text.contains("//"), !PathSegments.containDots(text)
        else { return false }
        return text == prefix || text.hasPrefix("\(prefix)/")
    }
}
