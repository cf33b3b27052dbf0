/// One page of a list.
public struct Page<Item: Sendable>: Sendable {
    /// The items in the server's order.
    public let items: [Item]
    /// The page's number, from 1.
    public let number: Int
    /// Nil while there is a next page; otherwise why there is none.
    public let end: PageEnd?
    /// The history of the call that read the page.
    public let history: CallHistory
}
