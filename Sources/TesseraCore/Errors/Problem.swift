/// Problem details of a server's answer (RFC 9457), redacted and made printable.
public struct Problem: Sendable, Hashable, Codable {
    /// A URI that names the kind of problem.
    public var type: String?
    /// A short summary.
    public var title: String?
    /// The status as the server wrote it into the body.
    public var status: Int?
    /// What happened this time.
    public var detail: String?

    /// Problem details with the given members.
    public init(type: String? = nil, title: String? = nil, status: Int? = nil, detail: String? = nil) {
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
    }

    /// A server may echo what it was sent, so each text is redacted before anyone sees it.
    func redacted() -> Problem {
        let clean = { (text: String?) in text.map { PrintableText.redactedLine($0) } }
        return Problem(type: clean(type), title: clean(title), status: status, detail: clean(detail))
    }
}
