/// How a list says where its next page is.
public enum PageStyle: Sendable, Hashable {
    /// In the `Link` field with relation `next` (RFC 8288).
    case link
    /// As a URL in the body, at this place; nothing or null there ends the list.
    case next(at: JSONPointer)
}

/// How much of a list is read at most.
public struct PageLimits: Sendable, Hashable {
    /// The most pages.
    public var pages: Int
    /// Whether the caller chose the bound: then reaching it is an ordinary end of the items.
    let isChosen: Bool

    /// A bound of the caller's choice.
    public init(pages: Int) {
        self.pages = max(1, pages)
        isChosen = true
    }

    private init() {
        pages = 10_000
        isChosen = false
    }

    /// 10,000 pages; a longer list ends with an error, because it would look complete otherwise.
    public static let standard = PageLimits()
}

/// Why a list has no further page here. A short list never looks complete (invariant 8).
public enum PageEnd: Sendable, Hashable {
    /// The server says that there is none.
    case end
    /// The bound of ``PageLimits`` was reached, and there is more.
    case limitReached
    /// There is a next page, but it is not followed.
    case unfollowable(Reason)

    /// Why a next page is not followed.
    public enum Reason: String, Sendable, Hashable, Codable, CaseIterable {
        /// The `Link` field cannot be parsed.
        case malformedLink
        /// The link is no acceptable URL.
        case invalidURL
        /// The link points to another origin than the session's, where its credentials may not go.
        case otherOrigin
        /// The link points to a page that was read before.
        case loop
    }
}
