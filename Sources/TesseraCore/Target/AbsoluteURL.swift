/// An absolute `http` or `https` URL, parsed strictly (RFC 3986, ASCII only).
///
/// Foundation's `URL` is not used for this: it reads `https://a.example\@evil.example/` as host `evil.example`, where
/// browsers read `a.example`. Backslashes, control characters, user information and empty hosts are refused here.
public struct AbsoluteURL: Hashable, Sendable, CustomStringConvertible {
    /// The longest URL that is accepted, in bytes.
    public static let longest = 16_384

    /// Where it points to.
    public let origin: Origin
    /// The encoded path, starting with a slash, without dot segments.
    public let path: String
    /// The encoded query without its question mark.
    public let query: String?

    init(origin: Origin, path: String, query: String?) {
        self.origin = origin
        self.path = path
        self.query = query
    }

    /// The URL of a request that was sent: its target is known to be well formed.
    init(origin: Origin, requestTarget: String) {
        self.origin = origin
        let mark = requestTarget.utf8.firstIndex(of: UInt8(ascii: "?"))
        path = String(requestTarget[..<(mark ?? requestTarget.endIndex)])
        query = mark.map { String(requestTarget[requestTarget.index(after: $0)...]) }
    }

    /// Parses `text`. A fragment is dropped: it is never sent.
    ///
    /// - Throws: ``TesseraError`` with code ``TesseraError/Code/invalidURL``, naming what is wrong.
    public init(_ text: String) throws {
        do {
            self = try URLReference.parse(text).absolute()
        } catch let problem {
            throw TesseraError(.invalidURL, problem.explanation)
        }
    }

    /// The path and query as they stand in a request line.
    public var requestTarget: String {
        query.map { "\(path)?\($0)" } ?? path
    }

    /// The URL in full. May hold what a peer or user put into the query: not for logs.
    public var description: String { "\(origin)\(requestTarget)" }

    /// Resolves a reference as a `Location` or `Link` field holds it against this URL (RFC 3986 §5.2).
    ///
    /// - Throws: ``TesseraError`` with code ``TesseraError/Code/invalidURL``.
    public func resolving(_ reference: String) throws -> AbsoluteURL {
        do {
            return try URLReference.parse(reference).resolved(against: self)
        } catch let problem {
            throw TesseraError(.invalidURL, problem.explanation)
        }
    }
}
