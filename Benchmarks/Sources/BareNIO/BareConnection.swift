package import NIOCore

package typealias BareCompletion = @Sendable (Result<BareResponse, any Error>) -> Void

/// One connection, with the two ways of asking that are compared.
package protocol BareConnection: Sendable {
    var eventLoop: any EventLoop { get }

    /// Sends a request; `completion` runs once, on the event loop.
    func send(_ request: BareRequest, completion: @escaping BareCompletion)

    /// Never fails: all answers are in, and servers often end TLS without a farewell.
    func close() -> EventLoopFuture<Void>
}

extension BareConnection {
    /// Sends a request with exactly one continuation and no other suspension.
    ///
    /// The continuation is an unsafe one because this is the floor that transports are
    /// compared with; the handlers hand out each completion once.
    package func response(to request: BareRequest) async throws -> BareResponse {
        try await withUnsafeThrowingContinuation { continuation in
            send(request) { continuation.resume(with: $0) }
        }
    }
}
