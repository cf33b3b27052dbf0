extension RequestTarget.Problem {
    /// What is wrong and what to write instead.
    var explanation: String {
        switch self {
        case .absolute:
            "the target is an absolute URL or starts with //; use RequestTarget(absolute:) to leave the base URL"
        case .dotSegment: "the target holds a . or .. segment, which could leave the base path"
        case .forbiddenCharacter: "the target holds a control character or a backslash"
        case .fragment: "the target holds a #; fragments are never sent"
        case .badEscape: "the target holds a percent sign that is not followed by two hexadecimal digits"
        case .emptyValue:
            "a value interpolated into the path is empty, so the target would name another resource than it seems to"
        case .tooLong: "the target is longer than \(AbsoluteURL.longest) bytes"
        }
    }
}
