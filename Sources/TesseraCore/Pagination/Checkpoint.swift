/// Where in a list to go on, after a page: `Codable`, for another process or another day.
///
/// It holds the next page's address as the server gave it, which may say what the list is about: keep it as you keep
/// the items.
public struct Checkpoint: Sendable, Hashable, Codable, CustomStringConvertible, CustomReflectable {
    /// The pages read before.
    public let pages: Int
    /// The items read before.
    public let items: Int
    let next: PageAddress

    /// How far the list was read; not where it goes on.
    public var description: String { "Checkpoint(\(pages) pages, \(items) items)" }
    /// A mirror of the numbers.
    public var customMirror: Mirror { Mirror(self, children: ["pages": pages, "items": items]) }
}

/// Where a page is, besides the first.
enum PageAddress: Sendable, Hashable, Codable {
    /// A whole URL; its origin is checked each time it is used.
    case url(String)
    /// The first page's request with another query item.
    case query(name: String, value: String)
    /// The first page's request with another header field.
    case header(name: String, value: String)
}
