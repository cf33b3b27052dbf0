import Foundation
import HTTPTypes
import TesseraCore
import Testing

/// The rows of `decision-table.txt`, each with its cells multiplied out.
struct DecisionTable {
    enum Verdict: Equatable {
        case retry(after: Int?)
        case stop(RetryDecision.StopReason?)
    }

    struct Case: Sendable {
        var fault: String
        var method: HTTPRequest.Method
        var body: String
        var hasKey: Bool
        var progress: String
        var after: Int?
        var isStreamed: Bool
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var line: Int
        var text: String
        var cases: [Case]
        var isRetry: Bool
        var detail: String?

        var testDescription: String { "line \(line): \(text)" }

        var verdict: Verdict? {
            if isRetry { return .retry(after: detail.flatMap { Int($0) }) }
            guard let detail else { return .stop(nil) }
            return RetryDecision.StopReason(rawValue: detail).map { .stop($0) }
        }
    }

    struct Malformed: Error {
        var line: Int
    }

    static func rows(besides file: String = #filePath) throws -> [Row] {
        let path = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("decision-table.txt")
        let text = try String(contentsOf: path, encoding: .utf8)
        var rows: [Row] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let cells = line.split(separator: "|").map { $0.split(separator: " ").map(String.init) }
            guard cells.count == 8, cells.allSatisfy({ !$0.isEmpty }), ["retry", "stop"].contains(cells[7][0]) else {
                throw Malformed(line: index + 1)
            }
            rows.append(
                Row(
                    line: index + 1, text: String(line), cases: cases(cells), isRetry: cells[7][0] == "retry",
                    detail: cells[7].count > 1 ? cells[7][1] : nil))
        }
        return rows
    }

    private static func cases(_ cells: [[String]]) -> [Case] {
        var all: [Case] = []
        for fault in cells[0] {
            for method in cells[1].compactMap({ HTTPRequest.Method(rawValue: $0) }) {
                for body in cells[2] {
                    for key in cells[3] {
                        for progress in cells[4] {
                            for after in cells[5] {
                                for mode in cells[6] {
                                    all.append(
                                        Case(
                                            fault: fault, method: method, body: body, hasKey: key == "yes",
                                            progress: progress, after: Int(after), isStreamed: mode == "streamed"))
                                }
                            }
                        }
                    }
                }
            }
        }
        return all
    }
}
