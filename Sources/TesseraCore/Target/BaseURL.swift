/// The URL that a session's targets are relative to.
struct BaseURL: Sendable, Hashable {
    let origin: Origin
    let authority: String
    /// Encoded, without a slash at its end; empty for the root.
    let path: String

    init(_ text: String) throws {
        let url = try AbsoluteURL(text)
        guard url.query == nil else {
            throw TesseraError(.invalidURL, "the base URL holds a query; set default query items instead")
        }
        origin = url.origin
        authority = url.origin.authority
        path = url.path.hasSuffix("/") ? String(url.path.dropLast()) : url.path
    }

    /// The path and query of a request: base path, target, then the query items.
    func requestTarget(_ relative: String, query: QueryItems, defaults: QueryItems) -> String {
        let namesPath = !relative.isEmpty && relative.utf8.first != UInt8(ascii: "?")
        let needsSlash = namesPath ? relative.utf8.first != UInt8(ascii: "/") : path.isEmpty
        var text = needsSlash ? "/\(relative)" : relative
        if !path.isEmpty { text = path + text }
        for items in [defaults, query] where !items.isEmpty {
            text += text.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
            text += items.encodedQuery
        }
        return text
    }
}
