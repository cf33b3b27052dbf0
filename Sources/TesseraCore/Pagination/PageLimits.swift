/// How much of a list is read at most, from its beginning or from the checkpoint it is resumed at.
public struct PageLimits: Sendable, Hashable {
    /// The most pages.
    public var pages: Int
    /// The most items. Pages are whole: a list read by page ends with the page that reaches the bound.
    public var items: Int
    /// Whether the caller chose the bound: then reaching it is an ordinary end of the items.
    let choosesPages: Bool
    let choosesItems: Bool

    /// Bounds of the caller's choice; nil for the standard ones.
    public init(pages: Int? = nil, items: Int? = nil) {
        self.pages = max(1, pages ?? 10_000)
        self.items = max(1, items ?? .max)
        choosesPages = pages != nil
        choosesItems = items != nil
    }

    /// 10,000 pages; a longer list ends with an error, because it would look complete otherwise.
    public static let standard = PageLimits()

    /// Whether the caller chose the bound that so many pages and items have reached.
    func isChosen(pages: Int, items: Int) -> Bool {
        (choosesPages && pages >= self.pages) || (choosesItems && items >= self.items)
    }
}
