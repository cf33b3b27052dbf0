import HTTPTypes
import TesseraCore

/// What was prepared for one kind of request, and how much of it was used.
struct PreparedRoute: Sendable {
    /// Nil for any.
    var method: HTTPRequest.Method?
    var pattern: TargetPattern
    var matchers: [RequestMatcher]
    var place: MockProblem.Place
    var answers: [MockAnswer] = []
    /// The requests it has taken, by their numbers.
    var taken: [Int] = []
    var times: Int?
    var isOptional = false

    /// As it was written, for example `GET /users`.
    var text: String { "\(method?.rawValue ?? "any method") \(pattern.text)" }

    /// With its place in the test.
    var located: String { "\(text) (\(place))" }

    var isExhausted: Bool { times.map { taken.count >= $0 } ?? false }

    /// Whether an ordered transport goes on to the next one.
    var isDone: Bool { taken.count >= (times ?? max(1, answers.count)) }

    func matches(_ request: MockRequest) -> Bool {
        (method ?? request.method) == request.method && pattern.matches(request)
            && RequestMatcher.pairs(
                "query", expected: pattern.query, seen: pattern.query.isEmpty ? [] : request.queryItems, exactly: false
            ).isEmpty
            && matchers.allSatisfy { $0.mismatches(request).isEmpty }
    }

    /// In which respects a request is not this route's.
    func mismatches(_ request: MockRequest) -> [RequestMismatch] {
        var found: [RequestMismatch] = []
        if let method, method != request.method {
            found.append(
                RequestMismatch(
                    field: "method", expected: method.rawValue, seen: request.method.rawValue, weight: 3))
        }
        if !pattern.matchesOrigin(request.origin) {
            found.append(
                RequestMismatch(
                    field: "origin", expected: pattern.text, seen: request.origin.description, weight: 3))
        }
        if !pattern.matchesPath(request.path) {
            found.append(RequestMismatch(field: "path", expected: pattern.text, seen: request.path, weight: 4))
        }
        found += RequestMatcher.pairs("query", expected: pattern.query, seen: request.queryItems, exactly: false)
        found += matchers.flatMap { $0.mismatches(request) }
        if let times, isExhausted {
            found.append(
                RequestMismatch(
                    field: "count", expected: "at most \(times)", seen: "request \(taken.count + 1)"))
        }
        return found
    }

    var flaws: [String] {
        [pattern.flaw].compactMap { $0 } + matchers.compactMap(\.flaw) + answers.compactMap(\.flaw)
    }

    /// What is wrong with it at the end of a test.
    var problems: [MockProblem] {
        let flaws = flaws.map { MockProblem(.flaw, "\(text): \($0)", at: place) }
        guard flaws.isEmpty, !isOptional else { return flaws }
        if let times {
            guard taken.count != times else { return [] }
            return [MockProblem(.unused, "\(text): expected \(times) requests, got \(taken.count)", at: place)]
        }
        guard !taken.isEmpty else { return [MockProblem(.unused, "\(text): no request came", at: place)] }
        guard taken.count < answers.count else { return [] }
        return [
            MockProblem(.unused, "\(text): \(taken.count) of \(answers.count) answers were used", at: place)
        ]
    }
}
