public import HTTPTypes

/// How a list says where its next page is.
public enum PageStyle: Sendable, Hashable {
    /// In the `Link` field with relation `next` (RFC 8288).
    case link
    /// As a URL in the body, at this place; nothing, null or an empty text there ends the list.
    case next(at: JSONPointer)
    /// As a cursor in the body, text or whole number, which is sent back in the query item `query`. Nothing, null or an
    /// empty text ends the list, unless the boolean at `more` says otherwise.
    case cursor(at: JSONPointer, query: String, more: JSONPointer? = nil)
    /// By the number of items read so far, in the query item `query`. The list ends at the number of items that the body
    /// states at `total`; where it states none, at an empty page: a page that is merely shorter is not the last.
    case offset(query: String = "offset", total: JSONPointer? = nil)
    /// By the number of the page, in the query item `query`. The list ends at the number of pages that the body states at
    /// `total`; where it states none, at an empty page.
    case page(query: String = "page", first: Int = 1, total: JSONPointer? = nil)
    /// As a token in a header field of the answer, sent back as `place` says. No field, or an empty one, ends the list.
    case token(header: HTTPField.Name, sentIn: PageTokenPlace)
}

/// Where a page's token is sent back.
public enum PageTokenPlace: Sendable, Hashable {
    /// In a query item of this name.
    case query(String)
    /// In a header field of this name.
    case header(String)
}

/// Why a list has no further page here. A short list never looks complete (invariant 8).
public enum PageEnd: Sendable, Hashable {
    /// The server says that there is none.
    case end
    /// The bound of ``PageLimits`` was reached, and there is more.
    case limitReached
    /// There is, or may be, a next page, but it is not followed.
    case unfollowable(Reason)

    /// Why a next page is not followed.
    public enum Reason: String, Sendable, Hashable, Codable, CaseIterable {
        /// The `Link` field cannot be parsed.
        case malformedLink
        /// Several links with relation `next` point to different pages.
        case ambiguousLink
        /// The link is no acceptable URL.
        case invalidURL
        /// The link points to another origin than the session's, or into another mount: credentials may not go there.
        case otherOrigin
        /// The link or cursor was followed before, or the same page came twice in a row.
        case loop
        /// The cursor or token is of another type than text or whole number, too long, or there are several.
        case invalidCursor
        /// The page says that there is more, but not where.
        case missingCursor
        /// The number that should say how long the list is, is none.
        case invalidTotal
        /// A page was empty before the stated number of items was reached.
        case endsEarly
    }
}
