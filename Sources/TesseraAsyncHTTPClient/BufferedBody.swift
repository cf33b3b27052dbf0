#if AsyncHTTPClient
import AsyncHTTPClient
import NIOCore
import TesseraCore

/// Collects an answer's body within its limit and the request's deadline.
enum BufferedBody {
    /// AsyncHTTPClient's deadline ends with the head, so the body is raced against what is left of it: a peer that
    /// drips one byte at a time never reaches the idle limit.
    static func collect(
        _ body: HTTPClientResponse.Body, for request: TransportRequest
    ) async throws -> [UInt8] {
        let limit = request.limits.bodyBytes
        return try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            group.addTask { try await bytes(of: body, limit: limit) }
            group.addTask {
                try await request.runtime.sleep(request.deadline)
                return nil
            }
            defer { group.cancelAll() }
            if let bytes = try await group.next() ?? nil { return bytes }
            throw TransportFailure(
                .timeout, phase: .body, progress: .sent(bytes: nil), message: "the answer's body did not end in time")
        }
    }

    private static func bytes(of body: HTTPClientResponse.Body, limit: Int) async throws -> [UInt8] {
        var collected: [UInt8] = []
        for try await chunk in body {
            guard collected.count + chunk.readableBytes <= limit else {
                throw TransportFailure(
                    .limitExceeded, phase: .body, progress: .sent(bytes: nil),
                    message: "the answer's body is longer than \(limit) bytes")
            }
            collected.append(contentsOf: chunk.readableBytesView)
        }
        return collected
    }
}
#endif
