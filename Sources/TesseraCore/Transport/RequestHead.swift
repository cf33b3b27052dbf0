package import HTTPTypes

/// Method, target and fields of a request. The whole head is made of them when somebody asks for it: making one costs as
/// much as writing it to the wire.
package struct RequestHead: Sendable {
    /// What the heads of many requests have in common.
    final class Base: Sendable {
        fileprivate let head: HTTPRequest

        init(_ head: HTTPRequest) {
            self.head = head
        }
    }

    private let base: Base
    package var method: HTTPRequest.Method
    package var target: String
    package var fields: HTTPFields

    /// - Parameter base: With scheme and authority.
    init(_ base: Base, method: HTTPRequest.Method, target: String, fields: HTTPFields) {
        self.base = base
        self.method = method
        self.target = target
        self.fields = fields
    }

    /// The parts of a head; one without a target asks for `/`.
    package init(_ head: HTTPRequest) {
        self.init(Base(head), method: head.method, target: head.path ?? "/", fields: head.headerFields)
    }

    package var whole: HTTPRequest {
        var head = base.head
        if head.method != method { head.method = method }
        if head.path != target { head.path = target }
        head.headerFields = fields
        return head
    }
}
